import { eternalTerminalMissing, eternalTerminalSetting } from "./eternal-terminal";
import { checkGitTokens } from "./git-tokens";
import { loadTeam } from "./load";
import { plan, type TeamPlan } from "./plan";
import { formatWarning } from "./problem";
import type { Finding } from "./problem";
import { checkRoster, type Roster } from "./roster";
import { loadStackSettings, StackSettingsError, type StackSettings } from "./stack";

/** All that the program is about: what shall exist, and how this stack reaches it. */
export interface StackPlan {
  readonly plan: TeamPlan;
  readonly settings: StackSettings;
  /** What is allowed and may be a mistake, each as one line. */
  readonly warnings: readonly string[];
}

/** A team file that may not follow on what the stack last applied, or that its settings do not go with. All problems, one on each line. */
export class TeamOfStackError extends Error {}

/**
 * Reads the stack's settings and its team file, and compares the plan with what the stack last applied.
 *
 * @param previous The roster of the last `pulumi up`; `undefined` for a new stack.
 * @throws StackSettingsError, TeamFileError or TeamOfStackError: every problem of that kind at once, fit to be shown without a
 *   stack trace.
 */
export function loadStack(previous: Roster | undefined): StackPlan {
  const settings = loadStackSettings();
  const { teamFile, isSandbox } = settings;
  const { team, warnings } = loadTeam(teamFile, { throwawayKeys: isSandbox ? "allowed" : "refused" });
  if (team.terminal === "et" && settings.eternalTerminal === undefined)
    throw new StackSettingsError([{ setting: eternalTerminalSetting, ...eternalTerminalMissing }]);
  const teamPlan = plan(team);
  const roster = checkRoster(previous, teamPlan, settings);
  const tokens = checkGitTokens(teamPlan, settings.gitTokens);
  const line = ({ login, sentence, fix }: Finding & { readonly login: string }): string =>
    `${teamFile}: people.${login}: ${sentence} Fix: ${fix}`;
  const problems = [...roster.problems, ...tokens.problems];
  if (problems.length > 0) throw new TeamOfStackError(problems.map(line).join("\n"));
  return {
    plan: teamPlan,
    settings,
    warnings: [
      ...warnings.map(formatWarning),
      ...[...roster.warnings, ...tokens.warnings].map((finding) => `warning: ${line(finding)}`),
    ],
  };
}
