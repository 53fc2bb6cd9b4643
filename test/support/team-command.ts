import { join } from "node:path";
import { projectRoot } from "../../config/project-root";
import type { ProgramResult } from "../../engine/run";
import { sandbox, type Team } from "./team";

/** The `team` command on the stack of a development team and with its team file, as the infra team runs it. */
export function teamCommand(team: Team, ...words: readonly string[]): Promise<ProgramResult> {
  const program = [process.execPath, join(projectRoot, "dist", "cli", "main.js")];
  return sandbox(["exec", ...program, ...words, "--team", join(team.folder, "team.dev.yaml")]);
}
