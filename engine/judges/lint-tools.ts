import { createHash } from "node:crypto";
import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { projectRoot } from "../../config/project-root";
import { cacheDirectory } from "../cache";
import type { Progress } from "../progress";
import { run } from "../run";
import { UserError } from "../user-error";

/**
 * The linters of the host software (ruff, mypy, shellcheck) in a virtual environment of the per-user cache, in the exact
 * versions of `engine/lint-requirements.txt`.
 *
 * @returns The folder with their programs.
 */
export async function ensureLintTools(progress: Progress): Promise<string> {
  const requirements = join(projectRoot, "engine", "lint-requirements.txt");
  const version = createHash("sha256")
    .update(await readFile(requirements))
    .digest("hex")
    .slice(0, 12);
  const directory = cacheDirectory("lint", version);
  const finished = join(directory, "bin", "shellcheck");
  const isThere = await access(finished).then(
    () => true,
    () => false,
  );
  if (!isThere) {
    // A virtual environment knows its own path, so it is made in place; pip installs shellcheck, the last one, last.
    await progress.step("installing the linters of the host software", async () => {
      await makeEnvironment(directory);
      await must(join(directory, "bin", "pip"), ["install", "--quiet", "-r", requirements]);
    });
  }
  return join(directory, "bin");
}

async function makeEnvironment(directory: string): Promise<void> {
  const made = await run("python3", ["-m", "venv", directory]);
  if (made.code === 0) return;
  if (process.getuid?.() !== 0) {
    throw new UserError("python3 cannot make a virtual environment. Fix: install the package python3-venv.");
  }
  // Debian keeps this part of Python in a package of its own.
  await must("apt-get", ["install", "-y", "-q", "--no-install-recommends", "python3-venv"]);
  await must("python3", ["-m", "venv", directory]);
}

async function must(command: string, args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await run(command, args, {
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
  if (code !== 0) throw new UserError(`${command} ${args.join(" ")} failed:\n${stdout}${stderr}`.trim());
}
