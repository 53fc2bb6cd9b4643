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

/** Whether that server is the person's own, and not one that several people share. */
export function isOwnServer(server: string, login: string): boolean {
  return server === serverOf(login);
}

/** What is named for one person on a server: `dev-marcus` on their own, `dev-shared/marcus` where there may be others. */
export function placeOf(server: string, login: string): string {
  return isOwnServer(server, login) ? server : `${server}/${login}`;
}

/** A grant's name on its server: `lead-marcus` where one person works, `lead-marcus/wes-agent` where there may be others. */
export function grantName(
  server: string,
  { lead, over }: { readonly lead: string; readonly over: string },
): string {
  return isOwnServer(server, over) ? `lead-${lead}` : `lead-${lead}/${agentOf(over)}`;
}

/** What the things are called that all servers of a stack share at Hetzner: two stacks may share a project. */
export function sharedName(stack: string): string {
  return `team-runtime-${stack}`;
}

/** The label of every server that this program made, and its value. */
export const serverLabel = { key: "managed-by", value: "team-runtime" } as const;

/** The label of a server that several people share; that of one person has the label `owner` with the login. */
export const sharedLabel = { shared: "true" } as const;

/** Whether the name is that of an agent account, which no person can have. */
export function isAgentLogin(name: string): name is AgentLogin {
  return name.endsWith("-agent") && loginPattern.test(name.slice(0, -"-agent".length));
}

/** Order of names in everything that is written: by code unit, so that it is the same in every locale. */
export function byName(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
