import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { projectRoot } from "../../config/project-root";

const pages = ["README.md", "CONTRIBUTING.md", "docs", "docs/decisions"].flatMap((place) =>
  place.endsWith(".md")
    ? [place]
    : readdirSync(join(projectRoot, place))
        .filter((name) => name.endsWith(".md"))
        .map((name) => join(place, name)),
);
const read = (page: string): string => readFileSync(join(projectRoot, page), "utf8");

/** What a test may be called by in the docs: without its ending. */
const testEndings = ["", ".test.ts", ".py", ".json"];

describe.each(pages)("%s", (page) => {
  test("links and pictures lead to files that are there", () => {
    const targets = [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
    const local = targets.filter((target) => !/^[a-z]+:/.test(target));
    const missing = local.filter(
      (target) => !existsSync(join(projectRoot, dirname(page), target.replace(/#.*$/, ""))),
    );
    expect(missing).toEqual([]);
  });

  test("pages and tests that it names are there", () => {
    // NAME in capitals stands for any.
    const named = [...read(page).matchAll(/\b(docs\/[\w/.-]+\.md|test\/[a-z]+\/[a-z_-]+\b)/g)].map(
      ([, name = ""]) => name,
    );
    const missing = named.filter(
      (name) => !testEndings.some((ending) => existsSync(join(projectRoot, `${name}${ending}`))),
    );
    expect(missing).toEqual([]);
  });
});

test("docs/article.md names a test for each of its lines", () => {
  const rows = read("docs/article.md")
    .split("\n")
    .filter((line) => line.startsWith("| ") && !/^\| (what the article|-)/.test(line));
  expect(rows.length).toBeGreaterThan(20);
  for (const row of rows) expect(row).toMatch(/`test\/[a-z]+\/[\w-]+`[^|]*\|$/);
});
