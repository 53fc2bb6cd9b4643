import type { Enclave } from "../enclaves";
import { agentOf, byName, isOwnServer } from "../names";
import type { GrantMode, KeyPolicy } from "../schema";
import type { Grant, Person, Team } from "../team";
import { isInForce } from "./ends";

/** Who can reach what, as the team file says. The people of the team only: operators are not in the file. */
export interface AccessMatrix {
  /** By person, then server, then account. Whoever has no row for an account cannot reach it. */
  readonly rows: readonly AccessRow[];
  /** By login. They have no rows. */
  readonly leavers: readonly Leaver[];
  /** Which keys of people may log in. */
  readonly keyPolicy: KeyPolicy;
  /** Keys that are marked with the hardware they live in, by person and fingerprint. It is their owner's word, not a proof. */
  readonly keysByWord: readonly KeyByWord[];
}

export interface KeyByWord {
  /** Login. */
  readonly person: string;
  readonly fingerprint: string;
  readonly enclave: Enclave;
}

/** One person's way into one account on one server. There is at most one for each three of them. */
export interface AccessRow {
  /** Login. */
  readonly person: string;
  /** Such as `dev-wes`. */
  readonly server: string;
  /** The account that is reached: `wes`, `wes-agent`, or `marcus` on a server that Marcus leads. */
  readonly account: string;
  readonly how: How;
  /** `login`: a shell as oneself. `attach`: act as the agent. `watch`: see its sessions, read-only. */
  readonly mode: "login" | GrantMode;
  /** When it ends by itself, in UTC: `2026-12-31T23:59:59Z`. */
  readonly until?: string;
  readonly why: Why;
}

/**
 * - `ssh-key`: from the person's own devices; `keys` are their fingerprints, sorted.
 * - `hop-key`: from the lead's own server, with the key that was made there.
 * - `sudo`: once logged in to the server.
 */
export type How =
  | { readonly by: "ssh-key"; readonly keys: readonly string[] }
  | { readonly by: "hop-key"; readonly from: string }
  | { readonly by: "sudo" };

/** What the row follows from: the person's entry, or a grant, with the reason that is written there. */
export type Why =
  | { readonly because: "own server" }
  | { readonly because: "shared server" }
  | { readonly because: "own agent" }
  | { readonly because: "grant"; readonly over: string; readonly reason?: string };

export interface Leaver {
  readonly login: string;
  /** Day, such as `2026-11-01`. */
  readonly on: string;
  readonly server: "kept" | "destroyed";
}

/**
 * The access that a team has at a moment. A grant that has ended gives none, as sudo and sshd on the servers see it.
 *
 * @param now Milliseconds since 1970.
 */
export function accessMatrix(team: Team, now: number): AccessMatrix {
  const active = team.people.filter(({ standing }) => standing.state === "active");
  const places = new Map(team.people.map(({ login, serverName }) => [login, serverName]));
  const grants = team.grants.filter((grant) => isInForce(grant, now)).map((grant) => atPlaces(grant, places));
  return {
    rows: [...active.flatMap(ownRows), ...hopRows(grants), ...grants.map(agentRow)].sort(byPersonAndServer),
    leavers: team.people.flatMap(leaver).sort((left, right) => byName(left.login, right.login)),
    keyPolicy: team.keyPolicy,
    keysByWord: active.flatMap(keysByWord).sort(byPersonAndKey),
  };
}

/** What names a row: no two rows of a matrix have the same. */
export function rowName({ person, server, account }: AccessRow): string {
  return `${person} ${server} ${account}`;
}

export function byPersonAndServer(left: AccessRow, right: AccessRow): number {
  return (
    byName(left.person, right.person) ||
    byName(left.server, right.server) ||
    byName(left.account, right.account)
  );
}

function ownRows({ login, keys, serverName: server }: Person): readonly AccessRow[] {
  const fingerprints = keys.map(({ fingerprint }) => fingerprint).sort(byName);
  return [
    {
      person: login,
      server,
      account: login,
      how: { by: "ssh-key", keys: fingerprints },
      mode: "login",
      why: { because: isOwnServer(server, login) ? "own server" : "shared server" },
    },
    {
      person: login,
      server,
      account: agentOf(login),
      how: { by: "sudo" },
      mode: "attach",
      why: { because: "own agent" },
    },
  ];
}

/** A grant with the server that the lead comes from, and the one on which it holds. */
interface PlacedGrant extends Grant {
  readonly from: string;
  readonly server: string;
}

function atPlaces(grant: Grant, places: ReadonlyMap<string, string>): PlacedGrant {
  return { ...grant, from: places.get(grant.lead) ?? "", server: places.get(grant.over) ?? "" };
}

/** One for each lead and server: the account there serves all grants of the lead, and lasts as long as the longest. */
function hopRows(grants: readonly PlacedGrant[]): readonly AccessRow[] {
  const ways = new Map<string, readonly PlacedGrant[]>();
  for (const grant of grants) {
    // Whoever works on the same server is there already.
    if (grant.from === grant.server) continue;
    const way = `${grant.lead} ${grant.server}`;
    ways.set(way, [...(ways.get(way) ?? []), grant]);
  }
  return [...ways.values()].flatMap((ofOneWay): AccessRow[] => {
    const [longest] = [...ofOneWay].sort(byLength);
    if (longest === undefined) return [];
    const { from, lead, server } = longest;
    return [
      {
        person: lead,
        server,
        account: lead,
        how: { by: "hop-key", from },
        mode: "login",
        ...termsOf(longest),
      },
    ];
  });
}

/** The longest first; of equals the first by name. */
export function byLength(
  left: { readonly over: string; readonly until?: string },
  right: { readonly over: string; readonly until?: string },
): number {
  // "~" comes after every digit: without an end, a grant lasts longest.
  return byName(right.until ?? "~", left.until ?? "~") || byName(left.over, right.over);
}

function agentRow(grant: PlacedGrant): AccessRow {
  const { lead, mode, over, server } = grant;
  return { person: lead, server, account: agentOf(over), how: { by: "sudo" }, mode, ...termsOf(grant) };
}

function termsOf({ over, reason, until }: Grant): Pick<AccessRow, "until" | "why"> {
  return {
    ...(until === undefined ? {} : { until }),
    why: { because: "grant", over, ...(reason === undefined ? {} : { reason }) },
  };
}

function keysByWord({ login, keys }: Person): readonly KeyByWord[] {
  return keys.flatMap(({ fingerprint, enclave }) =>
    enclave === undefined ? [] : [{ person: login, fingerprint, enclave }],
  );
}

function byPersonAndKey(left: KeyByWord, right: KeyByWord): number {
  return byName(left.person, right.person) || byName(left.fingerprint, right.fingerprint);
}

function leaver({ login, standing }: Person): readonly Leaver[] {
  switch (standing.state) {
    case "active":
      return [];
    case "left":
      return [{ login, on: standing.on, server: "kept" }];
    case "destroyed":
      return [{ login, on: standing.on, server: "destroyed" }];
  }
}
