import type { GitTokens } from "../config/git-tokens";
import type { ServerPlan } from "../config/plan";

/**
 * How the agents of one server get into git hosts. With tokens in it, it is a secret as a whole; without, it is what an audit
 * asks a server about.
 */
export interface CredentialsDocument {
  /** By login of the agent. What is not here any more is removed from the server. */
  readonly agents: Readonly<Record<string, AgentCredentials>>;
  readonly server: string;
  readonly version: 1;
}

/** The credentials of one agent, by host. */
export interface AgentCredentials {
  /** Made on the server, so there is nothing secret here. */
  readonly keys: Readonly<
    Record<string, { readonly generation: string; readonly hostKeys: readonly string[] }>
  >;
  readonly tokens: Readonly<
    Record<string, { readonly generation: string; readonly user: string; readonly token?: string }>
  >;
}

/**
 * The credentials document of one server. The caller must mark it as a secret when `tokens` are given.
 *
 * @param tokens Those of the stack settings, of which each that is named must be there (checkGitTokens); without them the
 *   document says all but the tokens.
 */
export function renderCredentialsDocument(
  { name, workplaces }: ServerPlan,
  tokens?: GitTokens,
): CredentialsDocument {
  const agents = workplaces
    .filter(({ credentials }) => credentials.length > 0)
    .map(({ owner, agent, credentials }): [string, AgentCredentials] => {
      const keys = credentials.flatMap((one) =>
        one.kind === "key"
          ? [[one.host, { generation: one.generation, hostKeys: one.hostKeys.map(keyText) }] as const]
          : [],
      );
      const ownTokens = credentials.flatMap((one) =>
        one.kind === "token"
          ? [[one.host, { generation: one.generation, user: one.user, ...tokenOf(owner, one.host) }] as const]
          : [],
      );
      return [agent, { keys: Object.fromEntries(keys), tokens: Object.fromEntries(ownTokens) }];
    });
  return { agents: Object.fromEntries(agents), server: name, version: 1 };

  function tokenOf(owner: string, host: string): { readonly token?: string } {
    const token = tokens?.get(owner)?.get(host);
    return token === undefined ? {} : { token };
  }
}

function keyText({ type, base64 }: { readonly type: string; readonly base64: string }): string {
  return `${type} ${base64}`;
}
