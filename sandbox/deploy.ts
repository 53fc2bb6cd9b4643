import { spawn } from "node:child_process";
import { projectRoot } from "../config/project-root";
import type { Progress } from "../engine/progress";
import { run } from "../engine/run";
import { UserError } from "../engine/user-error";

/** The stack that the sandbox runs, with the committed team. */
export const sandboxStack = "dev";

/**
 * Runs `pulumi up` of the stack `dev` against a running sandbox, with Pulumi's own output shown.
 *
 * @param environment What `pulumi` needs to find the engine, the state and the local Hetzner.
 * @throws UserError when the update fails; Pulumi has said why.
 */
export async function deploy(environment: NodeJS.ProcessEnv, progress: Progress): Promise<void> {
  const selected = await run("pulumi", ["stack", "select", "--create", sandboxStack, "--non-interactive"], {
    cwd: projectRoot,
    env: environment,
  });
  if (selected.code !== 0)
    throw new UserError(`The stack ${sandboxStack} cannot be selected: ${selected.stderr.trim()}`);
  progress.note("Applying the team file (pulumi up) …");
  const code = await up(environment);
  if (code !== 0) {
    throw new UserError(
      "`pulumi up` failed (see above). Fix what it names and run `npm run sandbox` again: it goes on where it stopped.",
      code,
    );
  }
}

async function up(environment: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn("pulumi", ["up", "--yes", "--skip-preview", "--suppress-outputs", "--parallel=64"], {
      cwd: projectRoot,
      env: environment,
      stdio: ["ignore", "inherit", "inherit"],
    });
    child.on("error", () => {
      resolve(127);
    });
    child.on("close", (code) => {
      resolve(code ?? 128);
    });
  });
}
