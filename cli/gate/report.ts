import { summaryOf, type TeamDifference } from "../diff-text";
import type { Judgement, Refusal } from "./judge";

/** All that the gate found. */
export interface GateReport {
  /** The change of the team file, when there is something to compare with. */
  readonly team?: TeamDifference;
  /** The preview, when there is one. */
  readonly preview?: Judgement;
}

/** Why the change must not go on; empty when it may. */
export function refusalsOf({ preview }: GateReport): readonly Refusal[] {
  return preview?.refusals ?? [];
}

/** Refusals that have one remedy in common, in the order in which they were found. */
export interface RefusalGroup {
  readonly fix: string;
  readonly refusals: readonly Refusal[];
}

/** The refusals by what is to be done about them. */
export function refusalGroups(report: GateReport): readonly RefusalGroup[] {
  const refusals = refusalsOf(report);
  return [...new Set(refusals.map(({ fix }) => fix))].map((fix) => ({
    fix,
    refusals: refusals.filter((refusal) => refusal.fix === fix),
  }));
}

/** The verdict in a few words. */
export function verdictOf(report: GateReport): string {
  const { length } = refusalsOf(report);
  if (report.preview === undefined) return `no preview to judge; team file: ${changesOf(report)}`;
  return length === 0 ? "nothing to refuse" : `refused, for ${length} ${length === 1 ? "reason" : "reasons"}`;
}

function changesOf({ team }: GateReport): string {
  return team === undefined || team.changes.length === 0 ? "no change" : summaryOf(team.changes);
}
