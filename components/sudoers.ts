import { isAgentLogin, loginPattern } from "../config/names";
import type { AgentLogin } from "../config/names";
import { sudoTime } from "../config/instants";
import type { GrantPlan } from "../config/plan";
import type { GrantMode } from "../config/schema";

/** The only command of a `watch` grant: a root-owned wrapper that attaches read-only to the agent's sessions. */
export const watchCommand = "/usr/local/lib/team-runtime/watch";

/**
 * The line that lets the owner of a server act as their own agent:
 * `wes ALL=(wes-agent) NOPASSWD:NOSETENV: ALL`.
 */
export function ownerLine(owner: string, agent: AgentLogin): string {
  return sudoersLine({ user: login(owner), runAs: agent, mode: "attach" });
}

/**
 * The line that lets an agent call sudo as itself, which session managers do without asking who they are.
 * It grants nothing: the agent is that user already.
 */
export function selfLine(agent: AgentLogin): string {
  return sudoersLine({ user: agentLogin(agent), runAs: agent, mode: "attach" });
}

/** The line of a lead's grant, with its end and mode. The lead gets the agent, never its owner. */
export function leadLine(grant: Pick<GrantPlan, "lead" | "runAs" | "mode" | "until">): string {
  const { runAs, mode, until } = grant;
  return sudoersLine({ user: login(grant.lead), runAs, mode, ...(until === undefined ? {} : { until }) });
}

interface Rule {
  readonly user: string;
  readonly runAs: AgentLogin;
  readonly mode: GrantMode;
  readonly until?: string;
}

/**
 * One sudoers line (sudoers(5), "User specification").
 *
 * - The runas list is always written and holds exactly one agent: `wes ALL= ALL` without a list means root.
 *   It names no group, which would also grant `sudo -g` as oneself.
 * - `NOSETENV`: the command `ALL` implies `SETENV`, with which `LD_PRELOAD` passes.
 * - `NOTAFTER` is enforced by sudo itself on each call, without any `pulumi up`.
 */
function sudoersLine(rule: Rule): string {
  const end = rule.until === undefined ? "" : ` NOTAFTER=${sudoTime(rule.until)}`;
  const command = rule.mode === "attach" ? "ALL" : watchCommand;
  return `${rule.user} ALL=(${agentLogin(rule.runAs)})${end} NOPASSWD:NOSETENV: ${command}`;
}

/** The types say it already. The check is for callers who got a name past them: this text decides who may act as whom. */
function agentLogin(name: string): AgentLogin {
  if (!isAgentLogin(name))
    throw new Error(`Refused to write a sudo rule: ${JSON.stringify(name)} is not an agent.`);
  return name;
}

function login(name: string): string {
  if (!loginPattern.test(name) || isAgentLogin(name)) {
    throw new Error(`Refused to write a sudo rule: ${JSON.stringify(name)} is not a person's login.`);
  }
  return name;
}
