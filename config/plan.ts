import { isSecurityKey } from "./enclaves";
import type { Credential, GitIdentity } from "./git";
import type { PersonalKey } from "./keys";
import type { Limits } from "./limits";
import { agentOf, byName, isOwnServer } from "./names";
import type { AgentLogin } from "./names";
import type { Repository } from "./repositories";
import type { GrantMode, KeyPolicy, SessionManager } from "./schema";
import type { TerminalName } from "./terminals";
import type { ChosenTool, Grant, Person, Team } from "./team";

/** What shall exist, server by server. Everything in it is sorted by name, so that equal teams give equal plans. */
export interface TeamPlan {
  /** One for each person whose server is not destroyed, or for all the people who share one. */
  readonly servers: readonly ServerPlan[];
  /** What people come by, on every server. */
  readonly terminal: TerminalName;
  /** Names of destroyed servers of which the last disk is kept. */
  readonly archived: readonly string[];
  /** Everybody who is in the team file, leavers included: who holds which uid. */
  readonly roster: Readonly<Record<string, RosterEntry>>;
}

/** A person's uid and standing, as the stack remembers it from one `up` to the next. */
export interface RosterEntry {
  readonly uid: number;
  /** `left`: no access, server kept. `destroyed`: no server either. */
  readonly state: "active" | "left" | "destroyed";
  /** The shared server that the person is on; absent for one of their own, and for those who are on none any more. */
  readonly server?: string;
}

/** One machine: who has an account there, whose agent lives there, and which grants hold there. */
export interface ServerPlan {
  /** Such as `dev-wes`, or `dev-shared` for one that several people share. */
  readonly name: string;
  /** Login of the person whose own server it is; absent for a shared one. */
  readonly owner?: string;
  /** Hetzner's server type, such as `cx22`. */
  readonly serverType: string;
  readonly image: string;
  /** Whether Hetzner keeps daily backups of it. */
  readonly backups: boolean;
  /** `left`: everybody on it has left; the accounts stay, locked, and nobody has access. */
  readonly state: "active" | "left";
  readonly humans: readonly HumanPlan[];
  readonly agents: readonly AgentPlan[];
  readonly grants: readonly GrantPlan[];
  /** Those of its people who lead on other servers, which they reach from here; absent when nobody does. */
  readonly leads?: readonly LeadPlan[];
  readonly sessionManager: SessionManager;
  /** What people come by; ssh alone once everybody on it has left. */
  readonly terminal: TerminalName;
  /** What is installed: nothing more once everybody on it has left. */
  readonly tools: readonly ToolPlan[];
  /** Where the agents work, and how much of the server they may take. */
  readonly workplaces: readonly WorkplacePlan[];
}

/** A person's account on one server. */
export interface HumanPlan {
  readonly login: string;
  readonly uid: number;
  /** `owner`: works here, with an agent. `lead`: is here only because a grant names them. */
  readonly role: "owner" | "lead";
  readonly state: "active" | "left";
  /** Empty for leads, who come from their own server with the hop key made there, and for leavers. */
  readonly keys: readonly KeyPlan[];
}

/** A key that may log in. */
export interface KeyPlan extends PersonalKey {
  /** Whether sshd asks the security key to have verified its user, by PIN or finger, at each login. */
  readonly verifyRequired: boolean;
}

/** An agent's account on the server where its owner works. */
export interface AgentPlan {
  readonly login: AgentLogin;
  /** The owner's uid plus one. */
  readonly uid: number;
  readonly owner: string;
  readonly state: "active" | "left";
}

/** A lead's right to act as one agent on one server. */
export interface GrantPlan {
  readonly lead: string;
  readonly leadUid: number;
  /** The server that the lead comes from, such as `dev-marcus`; that on which the grant holds, where they share it. */
  readonly leadServer: string;
  /** The person whose agent it is. */
  readonly over: string;
  readonly runAs: AgentLogin;
  /** The server on which it holds. */
  readonly server: string;
  readonly mode: GrantMode;
  /** In UTC and whole seconds: `2026-12-31T23:59:59Z`. */
  readonly until?: string;
  readonly reason?: string;
}

/** A tool on one server. */
export interface ToolPlan extends ChosenTool {
  /** Logins of those who asked for it. */
  readonly people: readonly string[];
}

/** The workspace of a person and their agent, `/srv/projects/LOGIN`, and the agent's limits. */
export interface WorkplacePlan {
  readonly owner: string;
  readonly agent: AgentLogin;
  readonly limits: Limits;
  readonly gitIdentity: GitIdentity;
  /** Sorted by host. */
  readonly credentials: readonly Credential[];
  /** Sorted by name. */
  readonly repositories: readonly Repository[];
}

/** What a lead may reach from the server where they work. */
export interface LeadPlan {
  readonly login: string;
  readonly uid: number;
  /** Names of the led servers. */
  readonly servers: readonly string[];
}

/** Resolves a checked team to the plan of its servers. Pure: no clock, no files, no stack. */
export function plan(team: Team): TeamPlan {
  const people = [...team.people].sort((left, right) => byName(left.login, right.login));
  const directory = new Map(people.map((person) => [person.login, person]));
  const grants = team.grants.map((grant) => planGrant(grant, directory)).sort(byServerAndLead);
  return {
    terminal: team.terminal,
    servers: peopleByServer(people)
      .map(([name, onIt]) => planServer(name, onIt, grants, team))
      .sort((left, right) => byName(left.name, right.name)),
    archived: people
      .filter(({ standing }) => standing.state === "destroyed" && standing.snapshot === true)
      .map(({ serverName }) => serverName),
    roster: Object.fromEntries(people.map((person) => [person.login, rosterEntry(person)])),
  };
}

/** Who works on each server, or has worked there and is kept: at least one person each. */
function peopleByServer(people: readonly Person[]): readonly (readonly [name: string, people: People])[] {
  const servers = new Map<string, People>();
  for (const person of people) {
    if (person.standing.state === "destroyed") continue;
    const others = servers.get(person.serverName);
    servers.set(person.serverName, others === undefined ? [person] : [...others, person]);
  }
  return [...servers];
}

type People = readonly [Person, ...Person[]];

function rosterEntry({ login, serverName, standing, uid }: Person): RosterEntry {
  const isElsewhere = !isOwnServer(serverName, login) && standing.state !== "destroyed";
  return { uid, state: standing.state, ...(isElsewhere ? { server: serverName } : {}) };
}

function planGrant(grant: Grant, directory: ReadonlyMap<string, Person>): GrantPlan {
  const [lead, over] = [directory.get(grant.lead), directory.get(grant.over)];
  if (lead === undefined) throw new Error(`The lead ${grant.lead} of a checked team is not in it.`);
  if (over === undefined) throw new Error(`${grant.over}, led in a checked team, is not in it.`);
  return {
    lead: grant.lead,
    leadUid: lead.uid,
    leadServer: lead.serverName,
    over: grant.over,
    runAs: agentOf(grant.over),
    server: over.serverName,
    mode: grant.mode,
    ...(grant.until === undefined ? {} : { until: grant.until }),
    ...(grant.reason === undefined ? {} : { reason: grant.reason }),
  };
}

function planServer(
  name: string,
  people: People,
  allGrants: readonly GrantPlan[],
  { keyPolicy, sessionManager, terminal }: Pick<Team, "keyPolicy" | "sessionManager" | "terminal">,
): ServerPlan {
  const [first] = people;
  const active = people.filter(({ standing }) => standing.state === "active");
  const grants = allGrants.filter((grant) => grant.server === name);
  const leads = active.flatMap((person) => planLeading(person, allGrants));
  return {
    name,
    ...(isOwnServer(name, first.login) ? { owner: first.login } : {}),
    serverType: first.server.type,
    image: first.server.image,
    backups: first.server.backups,
    state: active.length > 0 ? "active" : "left",
    humans: [...people.map((person) => planOwner(person, keyPolicy)), ...planLeads(grants, people)].sort(
      (left, right) => byName(left.login, right.login),
    ),
    agents: people.map(planAgent),
    grants,
    ...(leads.length === 0 ? {} : { leads }),
    sessionManager,
    terminal: active.length > 0 ? terminal : "ssh",
    tools: planTools(active),
    workplaces: active.map(planWorkplace),
  };
}

/** All that somebody asks for, once each; a checked team asks for one version of each on one server. */
function planTools(people: readonly Person[]): readonly ToolPlan[] {
  const tools = new Map<string, ToolPlan>();
  for (const { login, tools: chosen } of people) {
    for (const tool of chosen) {
      tools.set(tool.name, { ...tool, people: [...(tools.get(tool.name)?.people ?? []), login] });
    }
  }
  return [...tools.values()].sort((left, right) => byName(left.name, right.name));
}

function planWorkplace({ login, limits, gitIdentity, credentials, repositories }: Person): WorkplacePlan {
  const sorted = [...repositories].sort((left, right) => byName(left.name, right.name));
  return {
    owner: login,
    agent: agentOf(login),
    limits,
    gitIdentity,
    credentials: [...credentials].sort((left, right) => byName(left.host, right.host)),
    repositories: sorted,
  };
}

function planOwner({ keys, login, standing, uid }: Person, policy: KeyPolicy): HumanPlan {
  const sorted = keys
    .map((key) => ({ ...key, verifyRequired: policy === "hardware" && isSecurityKey(key.type) }))
    .sort((left, right) => byName(left.fingerprint, right.fingerprint));
  const state = standing.state === "active" ? "active" : "left";
  return { login, uid, role: "owner", state, keys: state === "active" ? sorted : [] };
}

function planAgent({ login, standing, uid }: Person): AgentPlan {
  const state = standing.state === "active" ? "active" : "left";
  return { login: agentOf(login), uid: uid + 1, owner: login, state };
}

/** One account for each lead who comes from another server, whomever they lead here. */
function planLeads(grants: readonly GrantPlan[], people: People): readonly HumanPlan[] {
  const uids = new Map(grants.map(({ lead, leadUid }) => [lead, leadUid]));
  for (const { login } of people) uids.delete(login);
  return [...uids].map(([login, uid]) => ({ login, uid, role: "lead", state: "active", keys: [] }));
}

function planLeading(
  { login, serverName, uid }: Person,
  allGrants: readonly GrantPlan[],
): readonly LeadPlan[] {
  const elsewhere = allGrants.filter(({ lead, server }) => lead === login && server !== serverName);
  const servers = [...new Set(elsewhere.map(({ server }) => server))];
  return servers.length === 0 ? [] : [{ login, uid, servers }];
}

function byServerAndLead(left: GrantPlan, right: GrantPlan): number {
  return byName(left.server, right.server) || byName(left.lead, right.lead) || byName(left.over, right.over);
}
