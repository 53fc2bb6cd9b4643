import { riskOf } from "../config/access/risk";
import { sentenceOf } from "../config/access/sentences";
import type { TeamDifference } from "./diff-text";

/** The difference as JSON, as `docs/access.md` describes it: each change with its facts, its risk and its sentence. */
export function formatDiffJson({ changes, access }: TeamDifference): string {
  const document = {
    version: 1,
    changes: changes.map((change) => ({ risk: riskOf(change), sentence: sentenceOf(change), ...change })),
    access,
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
