import { codeSpan, formatDiffMarkdown, shortened } from "../diff-markdown";
import { refusalGroups, verdictOf, type GateReport } from "./report";
import { notesOf, sectionsOf } from "./words";

/** GitHub refuses comments of more than 65,536 characters: a third each for the refusals and sections, and for the two parts of the diff. */
const longestPart = 15_000;

/**
 * The report as a comment for a pull request. What comes from the preview stands in code spans, so that it makes no link
 * and notifies nobody: names and documents in a preview are whatever the program made them.
 */
export function formatGateMarkdown(report: GateReport): string {
  const { team, preview } = report;
  const title = preview === undefined ? "Gate" : `Preview of the stack ${codeSpan(preview.stack)}`;
  const refusals = refusalGroups(report).flatMap(({ fix, refusals }) => [
    ...refusals.map(({ about, sentence }) => `- ${codeSpan(about)}: ${codeSpan(sentence)}\n`),
    `\n  Fix: ${codeSpan(fix)}\n\n`,
  ]);
  return [
    `## ${title}: ${verdictOf(report)}\n`,
    ...(refusals.length === 0 ? [] : [`\n**Refused**\n\n`, shortened(refusals, longestPart, "team gate")]),
    ...(team === undefined ? [] : ["\n", formatDiffMarkdown(team, longestPart)]),
    ...(preview === undefined ? [] : ["\n### What the preview would do\n", sectionsText(preview)]),
    ...(preview === undefined ? [] : notesOf(preview).map((note) => `\n> ${note}\n`)),
  ].join("");
}

/** The problems of an input that is not valid, as they stand on standard error. */
export function formatInvalidMarkdown(problems: string): string {
  const lines = shortened(
    problems
      .trimEnd()
      .split("\n")
      .map((line) => `- ${codeSpan(line)}\n`),
    longestPart,
    "team gate",
  );
  return `## Gate: an input is not valid\n\n${lines}`;
}

function sectionsText(preview: NonNullable<GateReport["preview"]>): string {
  const lines = sectionsOf(preview).flatMap(({ title, lines }) => [
    `\n**${title}**\n\n`,
    ...lines.map((line) => `- ${codeSpan(line)}\n`),
  ]);
  return lines.length === 0 ? "\nNothing.\n" : shortened(lines, longestPart, "team gate");
}
