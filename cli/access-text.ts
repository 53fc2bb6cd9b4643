import type { AccessMatrix } from "../config/access/matrix";
import { footnotes, howText, untilText, whyText } from "./access-words";
import { formatTextTable } from "./text-table";

/** Fits a terminal beside an editor, and a code block in a review. */
const width = 100;

/** The matrix as a table of plain text, without colour, with notes on who is not in it. */
export function formatAccessText(matrix: AccessMatrix, now: number): string {
  const table = formatTextTable({
    head: ["PERSON", "SERVER", "ACCOUNT", "HOW", "MODE", "UNTIL", "WHY"],
    rows: matrix.rows.map((row) => [
      row.person,
      row.server,
      row.account,
      howText(row),
      row.mode,
      untilText(row, now),
      whyText(row),
    ]),
    width,
  });
  const notes = footnotes(matrix).map((note) => formatTextTable({ head: [note], rows: [], width }));
  return `${table}\n${notes.join("")}`;
}
