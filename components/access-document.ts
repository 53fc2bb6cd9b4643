import { byName } from "../config/names";
import type { AgentPlan, GrantPlan, HumanPlan, ServerPlan } from "../config/plan";
import type { GrantMode } from "../config/schema";
import { hopKeyLine, personalKeyLine } from "./authorized-keys";
import { leadLine, ownerLine, selfLine } from "./sudoers";

/**
 * All access to one server: the text that a reviewer reads in a preview, and all that the applier on the host is told.
 * Maps are keyed by natural names, so that a structural diff shows exactly the line that comes or goes.
 */
export interface AccessDocument {
  /** Every account that shall exist, by login. What the applier once made and does not find here, it removes. */
  readonly accounts: Readonly<Record<string, Account>>;
  /** For each login, its `authorized_keys` lines by fingerprint or origin. `null`: known only during the update. */
  readonly keys: Readonly<Record<string, Readonly<Record<string, string | null>>>>;
  readonly server: string;
  /** Sudoers lines by meaning, such as `marcus as wes-agent`. */
  readonly sudoers: Readonly<Record<string, string>>;
  readonly version: 1;
}

/** An account on the server. Its gid equals its uid. `left`: kept, locked, without any access. */
export type Account =
  | {
      readonly kind: "human";
      readonly role: "owner" | "lead";
      readonly state: "active" | "left";
      readonly uid: number;
    }
  | {
      readonly kind: "agent";
      readonly owner: string;
      readonly state: "active" | "left";
      readonly uid: number;
    };

/** What only an update can know. A missing or `null` value gives a `null` line, which must never be sent to a host. */
export interface LateValues {
  /** By lead: the public half of the hop key, as the lead's server printed it. */
  readonly hopKeys: ReadonlyMap<string, string | null>;
  /** By server name: the address from which it connects. */
  readonly addresses: ReadonlyMap<string, string | null>;
}

/** The access document of one server. Throws with a sentence when a late value is not what it should be. */
export function renderAccessDocument(server: ServerPlan, late: LateValues): AccessDocument {
  return {
    accounts: record([...server.humans.map(humanAccount), ...server.agents.map(agentAccount)]),
    keys: record(server.humans.filter(isActive).flatMap((human) => keysOf(human, server, late))),
    server: server.name,
    sudoers: record(sudoersOf(server)),
    version: 1,
  };
}

/** One right to act as an agent, in the terms of the model rather than of sudo. */
export interface SudoRight {
  readonly who: string;
  readonly runAs: string;
  readonly mode: GrantMode;
  readonly until?: string;
}

/** Every right to act as an agent that the document of this server gives: what its sudoers lines must mean, no more and no less. */
export function grantsOf(server: ServerPlan): readonly SudoRight[] {
  return server.agents.filter(isActive).flatMap((agent): SudoRight[] => [
    { who: agent.owner, runAs: agent.login, mode: "attach" },
    { who: agent.login, runAs: agent.login, mode: "attach" },
    ...server.grants
      .filter((grant) => grant.runAs === agent.login)
      .map((grant) => ({
        who: grant.lead,
        runAs: grant.runAs,
        mode: grant.mode,
        ...(grant.until === undefined ? {} : { until: grant.until }),
      })),
  ]);
}

type Entry<Value> = readonly [name: string, value: Value];

function humanAccount({ login, role, state, uid }: HumanPlan): Entry<Account> {
  return [login, { kind: "human", role, state, uid }];
}

function agentAccount({ login, owner, state, uid }: AgentPlan): Entry<Account> {
  return [login, { kind: "agent", owner, state, uid }];
}

function keysOf(
  human: HumanPlan,
  server: ServerPlan,
  late: LateValues,
): Entry<Readonly<Record<string, string | null>>>[] {
  const personal = human.keys.map((key): Entry<string> => [
    key.fingerprint,
    personalKeyLine(human.login, key),
  ]);
  const grants = server.grants.filter(
    ({ lead, leadServer }) => lead === human.login && leadServer !== server.name,
  );
  const lines = record<string | null>([...personal, ...hopLines(grants, late)]);
  return Object.keys(lines).length === 0 ? [] : [[human.login, lines]];
}

/** One line for all grants that a lead has on this server: the key lets the lead in, sudo decides what for. */
function hopLines(grants: readonly GrantPlan[], late: LateValues): Entry<string | null>[] {
  const [first] = grants;
  if (first === undefined) return [];
  const publicKey = late.hopKeys.get(first.lead) ?? null;
  const address = late.addresses.get(first.leadServer) ?? null;
  const name = `hop key of ${first.leadServer}`;
  if (publicKey === null || address === null) return [[name, null]];
  const until = latestEnd(grants);
  const hop = { lead: first.lead, server: first.leadServer, address, publicKey };
  return [[name, hopKeyLine(until === undefined ? hop : { ...hop, until })]];
}

/** The moment after which none of the grants holds, or nothing when one has no end. */
function latestEnd(grants: readonly GrantPlan[]): string | undefined {
  const ends = grants.map((grant) => grant.until);
  if (ends.includes(undefined)) return undefined;
  return ends
    .filter((end) => end !== undefined)
    .sort(byName)
    .at(-1);
}

function sudoersOf(server: ServerPlan): Entry<string>[] {
  const own = server.agents.filter(isActive).flatMap((agent): Entry<string>[] => [
    [`${agent.owner} as ${agent.login}`, ownerLine(agent.owner, agent.login)],
    [`${agent.login} as ${agent.login}`, selfLine(agent.login)],
  ]);
  return [
    ...own,
    ...server.grants.map((grant): Entry<string> => [`${grant.lead} as ${grant.runAs}`, leadLine(grant)]),
  ];
}

function isActive(account: { readonly state: "active" | "left" }): boolean {
  return account.state === "active";
}

/** Two facts of one name would overwrite each other silently, and one of them would be an access that nobody reviews. */
function record<Value>(entries: readonly Entry<Value>[]): Readonly<Record<string, Value>> {
  const names = new Set(entries.map(([name]) => name));
  if (names.size !== entries.length)
    throw new Error(`Two entries of one name among: ${[...names].join(", ")}.`);
  return Object.fromEntries([...entries].sort(([left], [right]) => byName(left, right)));
}
