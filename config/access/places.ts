import { isOwnServer, serverOf } from "../names";
import type { Person, Team } from "../team";
import type { Change } from "./change";

/** Where people are who share a server, by login. */
type Places = ReadonlyMap<string, string>;

/** Which kinds of change are about what was before. */
const ofThePast: ReadonlySet<Change["kind"]> = new Set([
  "left",
  "vanished",
  "server destroyed",
  "accounts removed",
  "key removed",
  "grant removed",
]);

/** Adds to each change where its people are, if that is a shared server. */
export function withPlaces(before: Team, after: Team): (change: Change) => Change {
  const [old, next] = [sharedPlaces(before), sharedPlaces(after)];
  return (change) => {
    const places = ofThePast.has(change.kind) ? old : next;
    const shared = peopleOf(change).flatMap((login): [string, string][] => {
      const server = places.get(login);
      return server === undefined ? [] : [[login, server]];
    });
    return shared.length === 0 ? change : { ...change, shared: Object.fromEntries(shared) };
  };
}

/** The server on which the person of a change is. */
export function placeIn(change: Pick<Change, "shared">, login: string): string {
  return change.shared?.[login] ?? serverOf(login);
}

/** Whether the person of a change is on a shared server. */
export function sharesIn(change: Pick<Change, "shared">, login: string): boolean {
  return change.shared?.[login] !== undefined;
}

function sharedPlaces({ people }: Team): Places {
  return new Map(people.filter(isShared).map(({ login, serverName }) => [login, serverName]));
}

function isShared({ login, serverName }: Person): boolean {
  return !isOwnServer(serverName, login);
}

function peopleOf(change: Change): readonly string[] {
  if ("grant" in change) return [change.grant.lead, change.grant.over];
  if ("lead" in change) return [change.lead, change.over];
  return "login" in change ? [change.login] : [];
}

/** Changes of a server itself: told once, and not for each of its people. In the order of `risk.ts`, so that the first stays. */
export function onceForEachServer(changes: readonly Change[]): readonly Change[] {
  const told = new Set<string>();
  return changes.filter((change) => {
    if (!ofServers.has(change.kind) || !("login" in change)) return true;
    const name = `${change.kind} ${placeIn(change, change.login)}`;
    if (told.has(name)) return false;
    told.add(name);
    return true;
  });
}

const ofServers: ReadonlySet<Change["kind"]> = new Set([
  "server destroyed",
  "server type changed",
  "image changed",
  "backups changed",
]);
