import { byName } from "./names";
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
    ],
    warnings: [...comebacks(before, after), ...serversOfStrangers(before, after)],
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

/** Leaving takes two previews, so that nobody destroys a server that nobody has looked through. */
function serversGoInTwoSteps(before: People, after: People, { protection }: RosterOptions): RosterFinding[] {
  if (!protection) return [];
  return [...after]
    .filter(([login, { state }]) => state === "destroyed" && before.get(login)?.state === "active")
    .map(([login]) => ({
      login,
      sentence: `The server of ${show(login)} is protected and would be destroyed at once.`,
      fix: "Write left: YYYY-MM-DD, apply it, look through the server, and only then add server: destroyed.",
    }));
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
    .map(([login]) => ({
      login,
      sentence: `${show(login)} has left and has no server in this stack; one would be made.`,
      fix: "Write left: { on: YYYY-MM-DD, server: destroyed }.",
    }));
}
