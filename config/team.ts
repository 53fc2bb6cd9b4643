import type { ToolName } from "./catalogue";
import type { Credential, GitIdentity } from "./git";
import type { PersonalKey } from "./keys";
import type { Limits } from "./limits";
import type { Repository } from "./repositories";
import type { GrantMode, KeyPolicy, SessionManager } from "./schema";
import type { TerminalName } from "./terminals";

/**
 * The team file after every check: names exist, keys are parsed, defaults are filled in, uids are assigned.
 * What is of this type may be trusted by everything behind `config/`.
 */
export interface Team {
  /** In the order of the file. Leavers are among them. */
  readonly people: readonly Person[];
  /** In the order of the file. */
  readonly grants: readonly Grant[];
  /** Which keys of people may log in. */
  readonly keyPolicy: KeyPolicy;
  /** The same on all servers: a lead's list asks theirs. */
  readonly sessionManager: SessionManager;
  /** The same on all servers: the provider's firewall is theirs together. */
  readonly terminal: TerminalName;
}

/** A person of the team, or a leaver whose entry keeps the uid reserved. */
export interface Person {
  readonly login: string;
  /** How the person is called in texts for people. Never used on a host. */
  readonly name?: string;
  /** The person's uid on every server. The agent's is one more. */
  readonly uid: number;
  /** The server where this person and their agent work: `dev-LOGIN`, or one that is shared. */
  readonly serverName: string;
  /** The same for all people of a shared server. */
  readonly server: {
    readonly type: string;
    readonly image: string;
    /** Whether Hetzner keeps daily backups of it. */
    readonly backups: boolean;
  };
  /** Agent command-line tools wanted on this person's server, such as `claude`. */
  readonly agents: readonly ToolName[];
  /** All that is installed for this person: the agents, the other tools, and what those need. Sorted by name. */
  readonly tools: readonly ChosenTool[];
  /** Of the person's agent. */
  readonly limits: Limits;
  /** As whom the person's agent commits. */
  readonly gitIdentity: GitIdentity;
  /** Of the person's agent, in the order of the file. */
  readonly credentials: readonly Credential[];
  /** In the order of the file. */
  readonly repositories: readonly Repository[];
  /** At least one for an active person. */
  readonly keys: readonly PersonalKey[];
  readonly standing: Standing;
}

/** A tool of the catalogue, and its version unless the Debian archive decides that. */
export interface ChosenTool {
  readonly name: ToolName;
  readonly version?: string;
}

/** `left`: access is gone, the server is kept. `destroyed`: the server is gone as well, and `snapshot` says that its last disk is kept. `on` is a date such as `2026-11-01`. */
export type Standing =
  | { readonly state: "active" }
  | { readonly state: "left"; readonly on: string }
  | { readonly state: "destroyed"; readonly on: string; readonly snapshot?: true };

/** `lead` may reach the agent of `over`. */
export interface Grant {
  readonly lead: string;
  readonly over: string;
  readonly mode: GrantMode;
  /** End of the grant, in UTC and whole seconds: `2026-12-31T23:59:59Z`. Without it the grant holds until it is taken out of the file. */
  readonly until?: string;
  readonly reason?: string;
}
