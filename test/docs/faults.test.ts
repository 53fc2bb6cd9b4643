import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { projectRoot } from "../../config/project-root";

const text = readFileSync(join(projectRoot, "docs", "faults.md"), "utf8");
const [tables = "", reasons = ""] = text.split("\n## Reasons\n");
/** The rows of the tables that have a column for the test, without their headings. */
const rows = tables
  .split("\n")
  .filter((line) => line.startsWith("| ") && !/^\| (?:fault +\||-)/.test(line))
  .map((line) => line.split(" | ").map((cell) => cell.replace(/^\||\|$/g, "").trim()));

const testsIn = (cell: string): readonly string[] =>
  Array.from(cell.matchAll(/`([a-z0-9_./-]+)`/g), ([, name = ""]) => name);
const exists = (name: string): boolean =>
  ["", ".test.ts", ".py"].some((ending) => existsSync(join(projectRoot, "test", `${name}${ending}`)));

/** Where a reader looks up what was tried. */
describe("docs/faults.md", () => {
  test("has rows", () => {
    expect(rows.length).toBeGreaterThan(30);
  });

  test.each(rows.map((row) => [row[0], row] as const))(
    "%s: names a test that exists, or a reason",
    (_, row) => {
      expect(row).toHaveLength(5);
      const shown = row[4] ?? "";
      expect(testsIn(shown).filter((name) => !exists(name))).toEqual([]);
      expect(testsIn(shown).length > 0 || shown === "reason below").toBe(true);
    },
  );

  test("has its reasons", () => {
    expect(rows.filter(([, , , , shown]) => shown?.includes("reason below")).length).toBeLessThanOrEqual(
      reasons.split("\n## ")[0]?.match(/^\*\*/gm)?.length ?? 0,
    );
  });
});
