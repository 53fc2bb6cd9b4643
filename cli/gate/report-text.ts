import { formatDiffText } from "../diff-text";
import { refusalGroups, refusalsOf, verdictOf, type GateReport } from "./report";
import { notesOf, sectionsOf } from "./words";

/** The report as plain text. */
export function formatGateText(report: GateReport): string {
  const { team, preview } = report;
  const refusals = refusalGroups(report).map(
    ({ fix, refusals }) =>
      `${refusals.map(({ about, sentence }) => `  - ${about}: ${sentence}\n`).join("")}    Fix: ${fix}\n`,
  );
  const sections = preview === undefined ? [] : sectionsOf(preview);
  return [
    `${preview === undefined ? "Gate" : `Preview of the stack ${preview.stack}`}: ${verdictOf(report)}.\n`,
    ...(refusals.length === 0 ? [] : [`Refused (${refusalsOf(report).length}):\n${refusals.join("")}`]),
    ...(team === undefined ? [] : [`Team file\n${indented(formatDiffText(team))}`]),
    ...(preview !== undefined && sections.length === 0 ? ["The preview changes nothing.\n"] : []),
    ...sections.map(
      ({ title, lines }) => `${title} (${lines.length}):\n${lines.map((line) => `  - ${line}\n`).join("")}`,
    ),
    ...(preview === undefined ? [] : notesOf(preview).map((note) => `Note: ${note}\n`)),
  ].join("\n");
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, "  ");
}
