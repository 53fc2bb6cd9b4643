import { riskOf } from "../config/access/risk";
import { sentenceOf } from "../config/access/sentences";
import type { TeamDifference } from "./diff-text";

/** The difference as JSON, as `docs/access.md` describes it: each change with its facts, its risk and its sentence. */
export function formatDiffJson(difference: TeamDifference): string {
  return `${JSON.stringify(diffDocument(difference), undefined, 2)}\n`;
}

/** The same as a value. */
export function diffDocument({ changes, access }: TeamDifference): object {
  return {
    version: 1,
    changes: changes.map((change) => ({ risk: riskOf(change), sentence: sentenceOf(change), ...change })),
    access,
  };
}
