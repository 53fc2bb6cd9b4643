import { gitHostPattern } from "./git";
import { loginPattern } from "./names";
import type { TeamPlan } from "./plan";
import { accept, refuse } from "./problem";
import type { Finding, Reading } from "./problem";
import { show } from "./show";

/** Tokens of the agents by login of the person, then by host. They are secrets. */
export type GitTokens = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Longer than any that is in use; a whole file that was set by mistake is longer still. */
const longestToken = 4096;

/** Reads the stack setting `team-runtime:gitTokens`, a map of maps as JSON. Says nothing of what is in a token. */
export function readGitTokens(text: string | undefined): Reading<GitTokens> {
  if (text === undefined || text.trim() === "") return accept(new Map());
  const people = entriesIn(dataIn(text));
  const form = `Set each with ${settingCommand("LOGIN", "HOST")} and the token on standard input.`;
  if (people === undefined) return refuse("The tokens are not a map from people to hosts to tokens.", form);
  const tokens = new Map<string, ReadonlyMap<string, string>>();
  for (const [login, data] of people) {
    const hosts = entriesIn(data);
    if (hosts === undefined || !loginPattern.test(login))
      return refuse(`The entry ${show(login)} is not a person's map from hosts to tokens.`, form);
    const own = new Map<string, string>();
    for (const [host, value] of hosts) {
      if (!gitHostPattern.test(host)) return refuse(`${show(login)} has a token for what is no host.`, form);
      const token = typeof value === "string" ? value.trim() : "";
      if (token.length < 8 || token.length > longestToken || !/^[\x21-\x7e]+$/.test(token)) {
        return refuse(
          `The token of ${login} for ${host} is not one: 8 or more printable characters without a blank are.`,
          `Set it again with ${settingCommand(login, host)} and the token on standard input.`,
        );
      }
      own.set(host, token);
    }
    tokens.set(login, own);
  }
  return accept(tokens);
}

/** The command that sets a token without showing it. */
export function settingCommand(login: string, host: string): string {
  return `pulumi config set --secret --path 'team-runtime:gitTokens.${login}["${host}"]'`;
}

/** A finding about one token, such as that of `wes` for `git.acme.example`. */
export interface TokenFinding extends Finding {
  readonly login: string;
}

/** Compares the tokens that the team file names with those that the stack has. */
export function checkGitTokens(
  { servers }: Pick<TeamPlan, "servers">,
  tokens: GitTokens,
): { readonly problems: readonly TokenFinding[]; readonly warnings: readonly TokenFinding[] } {
  const named = servers.flatMap(({ workplaces }) =>
    workplaces.flatMap(({ owner, credentials }) =>
      credentials.filter(({ kind }) => kind === "token").map(({ host }) => ({ login: owner, host })),
    ),
  );
  const given = [...tokens].flatMap(([login, hosts]) => [...hosts.keys()].map((host) => ({ login, host })));
  return {
    problems: named
      .filter(({ login, host }) => tokens.get(login)?.has(host) !== true)
      .map(({ login, host }) => ({
        login,
        sentence: `The agent of ${login} has a token for ${host}, and the stack settings do not hold it.`,
        fix: `Set it with ${settingCommand(login, host)} and the token on standard input.`,
      })),
    warnings: given
      .filter(({ login, host }) => !named.some((one) => one.login === login && one.host === host))
      .map(({ login, host }) => ({
        login,
        sentence: `The stack settings hold a token of ${login}'s agent for ${host}, which the team file does not name.`,
        fix: `Revoke it at ${host}, then run pulumi config rm --path 'team-runtime:gitTokens.${login}["${host}"]'.`,
      })),
  };
}

function entriesIn(data: unknown): readonly [string, unknown][] | undefined {
  if (typeof data !== "object" || data === null || Array.isArray(data)) return undefined;
  return Object.entries(data);
}

function dataIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
