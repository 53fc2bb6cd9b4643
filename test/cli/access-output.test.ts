import { expect, test } from "vitest";
import { accessMatrix } from "../../config/access/matrix";
import { formatAccessCsv } from "../../cli/access-csv";
import { formatAccessPage } from "../../cli/access-page/page";
import { formatAccessJson } from "../../cli/access";
import { formatAccessText } from "../../cli/access-text";
import { accessMatrixOf, hostileReason } from "../config/access-sample";
import { keyLine, now, teamOf } from "../config/sample";

/** What `team access` prints, as real files to be read, for a team of one, of 15 and of 200. */
test.each([1, 15, 200])("the access of %i people", async (size) => {
  const matrix = accessMatrixOf(size);
  await expect(formatAccessText(matrix, now)).toMatchFileSnapshot(`../golden/access-${size}.txt`);
  // The page and the values of 200 people are too large to be read; what they must hold is tested below.
  if (size === 200) return;
  await expect(formatAccessCsv(matrix)).toMatchFileSnapshot(`../golden/access-${size}.csv`);
  await expect(formatAccessPage(matrix, { file: "team.dev.yaml", now })).toMatchFileSnapshot(
    `../golden/access-${size}.html`,
  );
});

test("JSON, as docs/access.md describes it", async () => {
  await expect(formatAccessJson(accessMatrixOf(15))).toMatchFileSnapshot("../golden/access-15.json");
});

test("the table is 100 characters wide at most, without colour, and loses nothing of the longest names", () => {
  const [lead, over, reason] = ["a".repeat(26), "b".repeat(26), "q".repeat(150)];
  const keys = (name: string): string => `{ keys: ['${keyLine(name)}'] }`;
  const grant = `{ lead: ${lead}, over: ${over}, mode: watch, until: 2026-11-23T00:00:00Z, reason: ${reason} }`;
  const team = teamOf(
    `defaults: { server: { type: cx22 } }\npeople: { ${lead}: ${keys(lead)}, ${over}: ${keys(over)} }\ngrants: [${grant}]\n`,
  );
  const output = formatAccessText(accessMatrix(team, now), now);
  expect(widest(output)).toBeLessThanOrEqual(100);
  expect(output).not.toContain("\u001b");
  // Two rows of the lead give the reason, in as many lines as it takes.
  expect(output.slice(0, output.indexOf("\n\n")).match(/q/g)).toHaveLength(2 * 150);
  expect(widest(formatAccessText(accessMatrixOf(200), now))).toBeLessThanOrEqual(100);
});

function widest(text: string): number {
  return Math.max(...text.split("\n").map((line) => line.length));
}

test("CSV: one line for each row, and no formula", () => {
  const lines = formatAccessCsv(accessMatrixOf(15)).trimEnd().split("\n");
  expect(lines).toHaveLength(1 + accessMatrixOf(15).rows.length);
  const [hostile = ""] = lines.filter((line) => line.includes("alert"));
  expect(hostile).toContain(`"'${hostileReason.replaceAll('"', '""')}"`);
  expect(lines.join("\n")).not.toMatch(/(?:^|,)"?[=+@-]/m);
});
