import { join } from "node:path";
import { projectRoot } from "../../config/project-root";
import type { Progress } from "../progress";
import { ensurePythonTools } from "./python-tools";

/**
 * The linters of the host software (ruff, mypy, shellcheck), in the exact versions of `engine/lint-requirements.txt`.
 *
 * @returns The folder with their programs.
 */
export async function ensureLintTools(progress: Progress): Promise<string> {
  const tools = {
    name: "lint",
    requirements: join(projectRoot, "engine", "lint-requirements.txt"),
    last: "shellcheck",
    what: "the linters of the host software",
  };
  return ensurePythonTools(tools, progress);
}
