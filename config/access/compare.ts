import type { Team } from "../team";
import { compareGrants } from "./compare-grants";
import { comparePeople } from "./compare-people";
import type { Change } from "./change";
import { byRisk } from "./risk";

/**
 * Everything that is different between two versions of a team, the most dangerous first (`risk.ts`). Empty only
 * when nothing is, apart from the order of the file.
 *
 * @param now The moment at which grants count as ended or not, in milliseconds since 1970.
 */
export function compareTeams(before: Team, after: Team, now: number): readonly Change[] {
  return [
    ...comparePeople(before.people, after.people),
    ...compareGrants(before.grants, after.grants, now),
    ...comparePolicies(before, after),
  ].sort(byRisk);
}

function comparePolicies(before: Team, after: Team): readonly Change[] {
  if (before.keyPolicy === after.keyPolicy) return [];
  return [{ kind: "key policy changed", before: before.keyPolicy, after: after.keyPolicy }];
}
