import { projectRoot } from "../config/project-root";
import type { Progress } from "../engine/progress";
import { run } from "../engine/run";
import { UserError } from "../engine/user-error";
import { runInherited } from "./run-inherited";

/** The stack that the sandbox runs, with the committed team. */
export const sandboxStack = "dev";

/**
 * Runs `pulumi up` of the stack `dev` against a running sandbox. In a terminal it draws its own picture of what it does;
 * elsewhere that would be a line for each event, so only its closing words are shown, and everything if it fails.
 *
 * @param environment What `pulumi` needs to find the engine, the state and the local Hetzner.
 * @throws UserError when the update fails; Pulumi has said why.
 */
export async function deploy(environment: NodeJS.ProcessEnv, progress: Progress): Promise<void> {
  const options = { cwd: projectRoot, env: environment };
  const selected = await run(
    "pulumi",
    ["stack", "select", "--create", sandboxStack, "--non-interactive"],
    options,
  );
  if (selected.code !== 0)
    throw new UserError(`The stack ${sandboxStack} cannot be selected: ${selected.stderr.trim()}`);
  const code = process.stdout.isTTY
    ? await runInherited("pulumi", up, options)
    : await upQuietly(options, progress);
  if (code !== 0) {
    throw new UserError(
      "`pulumi up` failed (see above). Fix what it names and run `npm run sandbox` again: it goes on where it stopped.",
      code,
    );
  }
}

const up = ["up", "--yes", "--skip-preview", "--suppress-outputs", "--parallel=64"];

async function upQuietly(options: Parameters<typeof run>[2], progress: Progress): Promise<number> {
  const { code, stdout, stderr } = await progress.step("applying the team file (pulumi up)", () =>
    run("pulumi", up, options),
  );
  process.stdout.write(code === 0 ? closingWords(stdout) : stdout);
  process.stderr.write(stderr);
  return code;
}

/** What Pulumi says when it is done: warnings, how many resources it changed, and how long it took. */
export function closingWords(output: string): string {
  const start = /^(?:Diagnostics|Resources):$/m.exec(output)?.index ?? 0;
  return `${output.slice(start).trimEnd()}\n`;
}
