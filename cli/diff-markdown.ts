import type { MatrixDifference } from "../config/access/difference";
import type { AccessRow } from "../config/access/matrix";
import { sentenceOf } from "../config/access/sentences";
import { howText } from "./access-words";
import { byRiskGroup, riskHeadings, summaryOf } from "./diff-text";
import type { TeamDifference } from "./diff-text";

/** GitHub refuses comments of more than 65,536 characters. The sentences and the table get half each. */
const halfComment = 32_000;

/**
 * The difference as a comment for a pull request: a summary, the sentences by risk, and the rows of the access
 * matrix folded away. Free text of the team file stands in code spans, so that it makes no link, no heading and notifies nobody.
 *
 * @param longestPart So many characters at most for the sentences, and again for the table.
 */
export function formatDiffMarkdown(difference: TeamDifference, longestPart = halfComment): string {
  const { changes, access } = difference;
  if (changes.length === 0) return "### Team file: no change\n";
  const title = `### Team file: ${summaryOf(changes)}\n`;
  const lines = byRiskGroup(changes).flatMap((group) => [
    `\n**${riskHeadings[group.risk]}**\n\n`,
    ...group.changes.map((change) => `- ${sentenceOf(change, codeSpan)}\n`),
  ]);
  return `${title}${shortened(lines, longestPart, "team diff")}${tableOf(access, longestPart)}`;
}

/** Text as a code span: between more backticks than it has in a row (CommonMark 0.31, section 6.1). */
export function codeSpan(text: string): string {
  const most = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(most + 1);
  const space = text.startsWith("`") || text.endsWith("`") ? " " : "";
  return `${fence}${space}${text}${space}${fence}`;
}

/** As many lines as fit, how many do not, and the command that has them all. */
export function shortened(lines: readonly string[], limit: number, command: string): string {
  let text = "";
  for (const [index, line] of lines.entries()) {
    if (text.length + line.length > limit)
      return `${text}\n… and ${lines.length - index} more: run \`${command}\`.\n`;
    text += line;
  }
  return text;
}

/** Rows that differ in nothing but their reason or their keys are told by the sentences alone. */
function tableOf({ gained, lost, changed }: MatrixDifference, longest: number): string {
  const rows = [
    ...gained.map((row) => tableRow("gained", row, "–", terms(row))),
    ...changed
      .map(({ before, after }) => ({ row: after, old: terms(before), next: terms(after) }))
      .filter(({ old, next }) => old !== next)
      .map(({ row, old, next }) => tableRow("changed", row, old, next)),
    ...lost.map((row) => tableRow("lost", row, terms(row), "–")),
  ];
  if (rows.length === 0) return "";
  return [
    `\n<details><summary>Access before and after (${rows.length} ${rows.length === 1 ? "row" : "rows"})</summary>\n\n`,
    "| | person | server | account | before | after |\n|---|---|---|---|---|---|\n",
    shortened(rows, longest, "team diff"),
    "\n</details>\n",
  ].join("");
}

function tableRow(
  change: string,
  { person, server, account }: AccessRow,
  before: string,
  after: string,
): string {
  return `| ${change} | ${person} | ${server} | ${account} | ${before} | ${after} |\n`;
}

/** Without the reason, which changes no access. */
function terms(row: AccessRow): string {
  return `${row.mode} by ${howText(row)}${row.until === undefined ? "" : ` until ${row.until}`}`;
}
