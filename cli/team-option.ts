import { join, relative } from "node:path";
import { Option } from "commander";
import { loadTeam, TeamFileError } from "../config/load";
import type { LoadedTeam } from "../config/load";
import { formatWarning } from "../config/problem";
import { projectRoot } from "../config/project-root";
import { exitCodes } from "./terminal";
import type { Terminal } from "./terminal";

/** `--team FILE`, the same for every command that reads a team file. */
export function teamOption(): Option {
  return new Option(
    "--team <file>",
    "team file (default: team.<stack>.yaml of the stack in PULUMI_STACK, else team.dev.yaml)",
  );
}

/** The team file of the selected stack in the project's folder, named from the current one. */
export function defaultTeamFile(environment: NodeJS.ProcessEnv): string {
  const stack = environment["PULUMI_STACK"]?.split("/").at(-1);
  const name = `team.${stack === undefined || stack === "" ? "dev" : stack}.yaml`;
  return relative(process.cwd(), join(projectRoot, name));
}

/**
 * Loads the team file that a command was given, printing its problems or warnings to standard error. Throw-away
 * keys pass: which endpoint a stack uses is not known here, and the Pulumi program refuses them.
 *
 * @returns The team, or the exit code when there is none.
 */
export function loadForCommand(file: string, terminal: Terminal): LoadedTeam | number {
  try {
    const loaded = loadTeam(file, { throwawayKeys: "allowed" });
    for (const warning of loaded.warnings) terminal.complain(`${formatWarning(warning)}\n`);
    return loaded;
  } catch (error) {
    if (!(error instanceof TeamFileError)) throw error;
    terminal.complain(`${error.message}\n`);
    return exitCodes.invalid;
  }
}
