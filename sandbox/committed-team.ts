import { join, relative } from "node:path";
import { loadTeam, TeamFileError } from "../config/load";
import { projectRoot } from "../config/project-root";
import type { Team } from "../config/team";
import { UserError } from "../engine/user-error";

/**
 * The committed team, which the sandbox runs. Read before anything is started, so that a mistake in the team
 * file is told at once.
 *
 * @throws UserError with every problem of the file, exit code 2 as of `team check`.
 */
export function committedTeam(): Team {
  try {
    const file = relative(process.cwd(), join(projectRoot, "team.dev.yaml"));
    return loadTeam(file, { throwawayKeys: "allowed" }).team;
  } catch (error) {
    throw error instanceof TeamFileError ? new UserError(error.message, 2) : error;
  }
}
