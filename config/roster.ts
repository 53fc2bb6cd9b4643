import { byName, isOwnServer, serverOf } from "./names";
import type { RosterEntry, TeamPlan } from "./plan";
import type { Finding } from "./problem";
import { show } from "./show";

/** Who holds which uid, by login, as the stack remembers it. */
export type Roster = Readonly<Record<string, RosterEntry>>;

/** A finding about one person of the roster. */
export interface RosterFinding extends Finding {
  readonly login: string;
}

export interface RosterOptions {
  /** Whether the stack protects the servers of active people. */
  readonly protection: boolean;
  /** Logins that may vanish from the team file (stack setting `team-runtime:forget`). */
  readonly forget: readonly string[];
}

export interface RosterCheck {
  /** What must not be applied. */
  readonly problems: readonly RosterFinding[];
  /** What may be a mistake. */
  readonly warnings: readonly RosterFinding[];
}

/**
 * Compares the people of a plan with those that the stack knew when it was last applied: what a team file alone
 * cannot show. Without a previous roster there is nothing to compare.
 */
export function checkRoster(
  previous: Roster | undefined,
  next: Pick<TeamPlan, "roster">,
  options: RosterOptions,
): RosterCheck {
  const before = new Map(Object.entries(previous ?? {}).sort(([left], [right]) => byName(left, right)));
  const after = new Map(Object.entries(next.roster).sort(([left], [right]) => byName(left, right)));
  return {
    problems: [
      ...nobodyVanishes(before, after, options),
      ...noUidChanges(before, after),
      ...serversGoInTwoSteps(before, after, options),
      ...leaversStayWhereTheyAre(before, after),
    ],
    warnings: [...comebacks(before, after), ...moves(before, after), ...serversOfStrangers(before, after)],
  };
}

type People = ReadonlyMap<string, RosterEntry>;

function nobodyVanishes(before: People, after: People, { forget }: RosterOptions): RosterFinding[] {
  return [...before]
    .filter(([login]) => !after.has(login) && !forget.includes(login))
    .map(([login, { uid, state }]) => ({
      login,
      sentence: `${show(login)} (uid ${uid}) has disappeared from the team file, and with the entry the reservation of the uid.`,
      fix:
        state === "destroyed"
          ? `Put the entry back with left: { on: YYYY-MM-DD, server: destroyed }. If the uid may be given to others: ${forgetting(login)}`
          : `Put the entry back with left: YYYY-MM-DD. If the person never had files anywhere: ${forgetting(login)}`,
    }));
}

function forgetting(login: string): string {
  return `pulumi config set --path 'team-runtime:forget[0]' ${login}`;
}

/** The files of somebody whose uid changes belong to nobody, or to somebody else. */
function noUidChanges(before: People, after: People): RosterFinding[] {
  return [...after].flatMap(([login, { uid }]) => {
    const earlier = before.get(login);
    if (earlier === undefined || earlier.uid === uid) return [];
    return [
      {
        login,
        sentence: `The uid of ${show(login)} would change from ${earlier.uid} to ${uid}, and their files would belong to nobody.`,
        fix: `Pin it in the team file with uid: ${earlier.uid}`,
      },
    ];
  });
}

/** Where a person is or was; nowhere for one whose server is destroyed. */
function serverIn(people: People, login: string): string | undefined {
  const entry = people.get(login);
  return entry === undefined || entry.state === "destroyed" ? undefined : (entry.server ?? serverOf(login));
}

/** A server goes in two previews, so that nobody destroys one that nobody has looked through. */
function serversGoInTwoSteps(before: People, after: People, { protection }: RosterOptions): RosterFinding[] {
  if (!protection) return [];
  const kept = new Set([...after.keys()].map((login) => serverIn(after, login)));
  return [...before]
    .filter(
      ([login, { state }]) => state === "active" && after.has(login) && !kept.has(serverIn(before, login)),
    )
    .map(([login]): RosterFinding => {
      const [server = "", next] = [serverIn(before, login), serverIn(after, login)];
      const what = isOwnServer(server, login)
        ? `The server of ${show(login)}`
        : `${server}, where nobody is any more,`;
      const cause = next === undefined ? "" : `, because ${show(login)} moves to ${next}`;
      return {
        login,
        sentence: `${what} is protected and would be destroyed at once${cause}.`,
        fix:
          next === undefined
            ? "Write left: YYYY-MM-DD, apply it, look through the server, and only then add server: destroyed."
            : "Save what is on it. Then lift the protection (pulumi config set team-runtime:protection false; pulumi up), apply the move, and set it again.",
      };
    });
}

/** The accounts of a leaver stay where they are until somebody has looked through them. */
function leaversStayWhereTheyAre(before: People, after: People): RosterFinding[] {
  return moved(before, after)
    .filter(({ login }) => after.get(login)?.state === "left")
    .map(({ from, login, to }) => ({
      login,
      sentence: `${show(login)} has left and would move from ${from} to ${to}.`,
      fix: `Leave the person on ${from}${isOwnServer(from, login) ? ": remove server from the entry." : ` with server: ${from}.`}`,
    }));
}

function moves(before: People, after: People): RosterFinding[] {
  return moved(before, after)
    .filter(({ login }) => after.get(login)?.state === "active")
    .map(({ from, login, to }) => ({
      login,
      sentence: `${show(login)} moves from ${from} to ${to}, and nothing is copied: ${
        isOwnServer(from, login)
          ? `${from} is destroyed with all that is on it.`
          : `the homes are archived on ${from} for root, and the workspace stays there, closed.`
      }`,
      fix: "Nothing, if it is meant and what is needed was copied.",
    }));
}

function moved(before: People, after: People): { login: string; from: string; to: string }[] {
  return [...after.keys()].flatMap((login) => {
    const [from, to] = [serverIn(before, login), serverIn(after, login)];
    return from === undefined || to === undefined || from === to ? [] : [{ login, from, to }];
  });
}

function comebacks(before: People, after: People): RosterFinding[] {
  return [...after]
    .filter(([login, { state }]) => state === "active" && (before.get(login)?.state ?? "active") !== "active")
    .map(([login]) => ({
      login,
      sentence: `${show(login)} had left and becomes active again.`,
      fix: "Nothing, if it is meant. Check that the keys are new ones.",
    }));
}

function serversOfStrangers(before: People, after: People): RosterFinding[] {
  return [...after]
    .filter(
      ([login, { state }]) => state === "left" && ["destroyed", undefined].includes(before.get(login)?.state),
    )
    .map(([login, { server }]) => ({
      login,
      sentence: `${show(login)} has left and has ${
        server === undefined
          ? "no server in this stack; one would be made."
          : `no account on ${server}; locked ones would be made.`
      }`,
      fix: "Write left: { on: YYYY-MM-DD, server: destroyed }.",
    }));
}
