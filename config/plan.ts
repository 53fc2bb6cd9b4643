import { isSecurityKey } from "./enclaves";
import type { Credential, GitIdentity } from "./git";
import type { PersonalKey } from "./keys";
import type { Limits } from "./limits";
import { agentOf, byName, serverOf } from "./names";
import type { AgentLogin } from "./names";
import type { Repository } from "./repositories";
import type { GrantMode, KeyPolicy, SessionManager } from "./schema";
import type { TerminalName } from "./terminals";
import type { ChosenTool, Grant, Person, Team } from "./team";

/** What shall exist, server by server. Everything in it is sorted by name, so that equal teams give equal plans. */
export interface TeamPlan {
  /** One for each person whose server is not destroyed. */
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
}

/** One machine: who has an account there, whose agent lives there, and which grants hold there. */
export interface ServerPlan {
  /** Such as `dev-wes`. */
  readonly name: string;
  /** Login of the person whose server it is. */
  readonly owner: string;
  /** Hetzner's server type, such as `cx22`. */
  readonly serverType: string;
  readonly image: string;
  /** Whether Hetzner keeps daily backups of it. */
  readonly backups: boolean;
  /** `left`: the owner has left; the accounts stay, locked, and nobody has access. */
  readonly state: "active" | "left";
  readonly humans: readonly HumanPlan[];
  readonly agents: readonly AgentPlan[];
  readonly grants: readonly GrantPlan[];
  /** Present when the owner leads: the servers that they may reach from here. */
  readonly leads?: LeadPlan;
  readonly sessionManager: SessionManager;
  /** What people come by; ssh alone once the owner has left. */
  readonly terminal: TerminalName;
  /** What is installed: nothing more once the owner has left. */
  readonly tools: readonly ToolPlan[];
  /** Where the agents work, and how much of the server they may take. */
  readonly workplaces: readonly WorkplacePlan[];
}

/** A person's account on one server. */
export interface HumanPlan {
  readonly login: string;
  readonly uid: number;
  /** `lead`: is here only because a grant names them. */
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

/** An agent's account on its owner's server. */
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
  /** The server that the lead comes from, such as `dev-marcus`. */
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

/** What a lead may reach from their own server. */
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
    servers: people
      .filter((person) => person.standing.state !== "destroyed")
      .map((person) => planServer(person, grants, team))
      .sort((left, right) => byName(left.name, right.name)),
    archived: people
      .filter(({ standing }) => standing.state === "destroyed" && standing.snapshot === true)
      .map(({ login }) => serverOf(login)),
    roster: Object.fromEntries(
      people.map((person) => [person.login, { uid: person.uid, state: person.standing.state }]),
    ),
  };
}

function planGrant(grant: Grant, directory: ReadonlyMap<string, Person>): GrantPlan {
  const lead = directory.get(grant.lead);
  if (lead === undefined) throw new Error(`The lead ${grant.lead} of a checked team is not in it.`);
  return {
    lead: grant.lead,
    leadUid: lead.uid,
    leadServer: serverOf(grant.lead),
    over: grant.over,
    runAs: agentOf(grant.over),
    server: serverOf(grant.over),
    mode: grant.mode,
    ...(grant.until === undefined ? {} : { until: grant.until }),
    ...(grant.reason === undefined ? {} : { reason: grant.reason }),
  };
}

function planServer(
  owner: Person,
  allGrants: readonly GrantPlan[],
  { keyPolicy, sessionManager, terminal }: Pick<Team, "keyPolicy" | "sessionManager" | "terminal">,
): ServerPlan {
  const name = serverOf(owner.login);
  const state = owner.standing.state === "active" ? "active" : "left";
  const grants = allGrants.filter((grant) => grant.server === name);
  const led = allGrants.filter((grant) => grant.lead === owner.login).map((grant) => grant.server);
  return {
    name,
    owner: owner.login,
    serverType: owner.server.type,
    image: owner.server.image,
    backups: owner.server.backups,
    state,
    humans: [planOwner(owner, state, keyPolicy), ...grants.map(planLead)].sort((left, right) =>
      byName(left.login, right.login),
    ),
    agents: [{ login: agentOf(owner.login), uid: owner.uid + 1, owner: owner.login, state }],
    grants,
    ...(led.length === 0 ? {} : { leads: { login: owner.login, uid: owner.uid, servers: led } }),
    sessionManager,
    terminal: state === "active" ? terminal : "ssh",
    tools: state === "active" ? owner.tools.map((tool) => ({ ...tool, people: [owner.login] })) : [],
    workplaces: state === "active" ? [planWorkplace(owner)] : [],
  };
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

function planOwner(owner: Person, state: "active" | "left", policy: KeyPolicy): HumanPlan {
  const keys = owner.keys
    .map((key) => ({ ...key, verifyRequired: policy === "hardware" && isSecurityKey(key.type) }))
    .sort((left, right) => byName(left.fingerprint, right.fingerprint));
  return { login: owner.login, uid: owner.uid, role: "owner", state, keys: state === "active" ? keys : [] };
}

function planLead(grant: GrantPlan): HumanPlan {
  return { login: grant.lead, uid: grant.leadUid, role: "lead", state: "active", keys: [] };
}

function byServerAndLead(left: GrantPlan, right: GrantPlan): number {
  return byName(left.server, right.server) || byName(left.lead, right.lead);
}
