/**
 * Logins: lower case, letters, digits and `-`, starting with a letter. It is the part of the name rules that all
 * Linux distributions agree on (systemd's USER_NAMES page), without `_`, and short enough that
 * `<login>-agent` stays within the 32 characters that `useradd` takes.
 */
export const loginPattern = /^[a-z][a-z0-9-]{0,25}$/;

/** The account name of a person's agent. The type makes it impossible to pass a person's login where an agent is meant. */
export type AgentLogin = `${string}-agent`;

/** `wes` → `wes-agent`, the account that runs Wes's agents. */
export function agentOf(login: string): AgentLogin {
  return `${login}-agent`;
}

/** `wes` → `dev-wes`, the server of that person: its name at Hetzner, its host name and its resource name. */
export function serverOf(login: string): string {
  return `dev-${login}`;
}

/** What the things are called that all servers of a stack share at Hetzner: two stacks may share a project. */
export function sharedName(stack: string): string {
  return `team-runtime-${stack}`;
}

/** The label of every server that this program made, and its value. */
export const serverLabel = { key: "managed-by", value: "team-runtime" } as const;

/** Whether the name is that of an agent account, which no person can have. */
export function isAgentLogin(name: string): name is AgentLogin {
  return name.endsWith("-agent") && loginPattern.test(name.slice(0, -"-agent".length));
}

/** Order of names in everything that is written: by code unit, so that it is the same in every locale. */
export function byName(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
