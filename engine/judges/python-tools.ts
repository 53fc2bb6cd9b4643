import { createHash } from "node:crypto";
import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheDirectory } from "../cache";
import type { Progress } from "../progress";
import { run } from "../run";
import { UserError } from "../user-error";

/** Programs written in Python, in the exact versions of a pip requirements file. */
export interface PythonTools {
  /** Names their folder in the per-user cache. */
  readonly name: string;
  /** Path of the requirements file. */
  readonly requirements: string;
  /** The program that pip installs last: if it is there, all are. */
  readonly last: string;
  /** Completes the sentence "installing …". */
  readonly what: string;
}

/**
 * Installs them in a virtual environment of the per-user cache, once per content of the requirements file.
 *
 * @returns The folder with their programs.
 */
export async function ensurePythonTools(tools: PythonTools, progress: Progress): Promise<string> {
  const version = createHash("sha256")
    .update(await readFile(tools.requirements))
    .digest("hex")
    .slice(0, 12);
  const directory = cacheDirectory(tools.name, version);
  const isThere = await access(join(directory, "bin", tools.last)).then(
    () => true,
    () => false,
  );
  if (!isThere) {
    // A virtual environment knows its own path, so it is made in place.
    await progress.step(`installing ${tools.what}`, async () => {
      await makeEnvironment(directory);
      await must(join(directory, "bin", "pip"), ["install", "--quiet", "-r", tools.requirements]);
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
