import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { projectRoot } from "../../config/project-root";
import { invariants } from "../../invariants/index";

/** Where a reader looks a refusal up. */
test("docs/gate.md lists every invariant, in its words", () => {
  const rows = readFileSync(join(projectRoot, "docs", "gate.md"), "utf8")
    .split("\n")
    .flatMap((line) => /^\| `([a-z-]+)` +\| (.*?) +\|$/.exec(line)?.slice(1, 3).join(": ") ?? []);
  const known = invariants.map(({ name, sentence }) => `${name}: ${sentence}`);
  expect(rows.filter((row) => invariants.some(({ name }) => row.startsWith(`${name}: `)))).toEqual(known);
});
