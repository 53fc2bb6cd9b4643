import type { Change } from "../config/access/change";
import type { MatrixDifference } from "../config/access/difference";
import { riskOf, risks } from "../config/access/risk";
import type { Risk } from "../config/access/risk";
import { sentenceOf } from "../config/access/sentences";

/** Two versions of a team file, compared as a reviewer reads them and as rows of the access matrix. */
export interface TeamDifference {
  /** By risk. */
  readonly changes: readonly Change[];
  readonly access: MatrixDifference;
}

/** The heading of each group of changes. */
export const riskHeadings: Readonly<Record<Risk, string>> = {
  widens: "Gives access",
  destroys: "Destroys or interrupts",
  removes: "Removes access",
  other: "Changes no access",
};

/** The groups that have changes, in the order of risk. */
export function byRiskGroup(
  changes: readonly Change[],
): readonly { readonly risk: Risk; readonly changes: readonly Change[] }[] {
  return risks
    .map((risk) => ({ risk, changes: changes.filter((change) => riskOf(change) === risk) }))
    .filter((group) => group.changes.length > 0);
}

/** `gives access: 2, removes access: 1`: how many changes of each risk there are. */
export function summaryOf(changes: readonly Change[]): string {
  return byRiskGroup(changes)
    .map((group) => `${riskHeadings[group.risk].toLowerCase()}: ${group.changes.length}`)
    .join(", ");
}

/** The sentences in groups by risk, plain text. */
export function formatDiffText({ changes }: TeamDifference): string {
  if (changes.length === 0) return "No change.\n";
  return byRiskGroup(changes)
    .map(
      (group) =>
        `${riskHeadings[group.risk]} (${group.changes.length}):\n${group.changes
          .map((change) => `  - ${sentenceOf(change)}\n`)
          .join("")}`,
    )
    .join("\n");
}
