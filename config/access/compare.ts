import type { Team } from "../team";
import { compareGrants } from "./compare-grants";
import { comparePeople } from "./compare-people";
import type { Change, PolicyChange } from "./change";
import { onceForEachServer, withPlaces } from "./places";
import { byRisk } from "./risk";

/**
 * Everything that is different between two versions of a team, the most dangerous first (`risk.ts`). Empty only
 * when nothing is, apart from the order of the file.
 *
 * @param now The moment at which grants count as ended or not, in milliseconds since 1970.
 */
export function compareTeams(before: Team, after: Team, now: number): readonly Change[] {
  const people = comparePeople(before.people, after.people);
  const movers = new Set(people.flatMap((change) => (change.kind === "moved" ? change.login : [])));
  const changes = [
    ...people,
    ...compareGrants(before.grants, after.grants, now, movers),
    ...comparePolicies(before, after),
  ];
  return onceForEachServer(changes.map(withPlaces(before, after)).sort(byRisk));
}

function comparePolicies(before: Team, after: Team): readonly Change[] {
  const changes: readonly PolicyChange[] = [
    { kind: "key policy changed", before: before.keyPolicy, after: after.keyPolicy },
    { kind: "terminal changed", before: before.terminal, after: after.terminal },
  ];
  return changes.filter((change) => change.before !== change.after);
}
