import { draft } from "../draft";
import { parseTeam } from "../parse";
import type { ParseResult } from "../parse";
import { longestGrantDays } from "../rules/grants";
import { decode } from "../source";
import { toData } from "../tree-data";
import { readYaml } from "../yaml-tree";
import { findRefusedYaml } from "../yaml-tokens";

/**
 * Reads a team file that may be an old one, in which grants have ended since: it is checked as of the present or,
 * if it can only have been valid before, as of the earliest moment that its grants allow. All other rules hold as
 * in `parseTeam`. Throw-away keys pass, because nothing is applied.
 *
 * @param present Milliseconds since 1970.
 */
export function parsePastTeam(bytes: Uint8Array, file: string, present: number): ParseResult {
  const options = { throwawayKeys: "allowed" } as const;
  const result = parseTeam(bytes, file, { ...options, now: present });
  if (result.ok) return result;
  const latest = latestEnd(bytes);
  if (latest === undefined) return result;
  // A grant lasts at most so long. If all ends lie within such a time, the file was valid at its start.
  const earliest = latest - longestGrantDays * 86_400_000;
  return parseTeam(bytes, file, { ...options, now: Math.min(present, earliest) });
}

/** The last end of a grant in the file, in milliseconds since 1970, if any can be read. */
function latestEnd(bytes: Uint8Array): number | undefined {
  const text = decode(bytes);
  if (!text.ok || findRefusedYaml(text.value).tooDeep) return undefined;
  const { tree } = readYaml(text.value);
  if (tree === undefined) return undefined;
  const ends = draft(toData(tree)).grants.flatMap(({ until }) =>
    until === undefined ? [] : [Date.parse(until)],
  );
  return ends.length === 0 ? undefined : Math.max(...ends);
}
