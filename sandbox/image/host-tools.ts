import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Progress } from "../../engine/progress";
import { run } from "../../engine/run";
import { UserError } from "../../engine/user-error";

/** Programs, each with the Debian package that has it. */
export type Tools = Readonly<Record<string, string>>;

/**
 * Installs, with apt-get, what is needed on this host and is not there.
 *
 * @throws UserError that names the packages, when they cannot be had.
 */
export async function ensureHostTools(progress: Progress, tools: Tools): Promise<void> {
  const missing = missingTools(tools);
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map((tool) => tools[tool] ?? tool))].sort();
  const lack = `This host lacks ${missing.join(", ")} (Debian packages: ${packages.join(", ")})`;
  if (!isInstalled("apt-get")) {
    throw new UserError(`${lack} and has no apt-get to install them. Fix: install them and try again.`);
  }
  const failure = await progress.step(`installing ${packages.join(", ")} (apt-get)`, () => install(packages));
  if (failure !== undefined) {
    throw new UserError(
      `${lack}, and apt-get cannot install them:\n${failure}\nFix: let this host reach Debian's package archive, or install the packages yourself, and try again.`,
    );
  }
  const stillMissing = missingTools(tools);
  if (stillMissing.length > 0) {
    throw new UserError(
      `apt-get installed ${packages.join(", ")}, yet ${stillMissing.join(", ")} cannot be found on PATH.`,
    );
  }
}

/** @returns What apt-get says if it fails. The package lists are fetched only if it cannot do with those that are there. */
async function install(packages: readonly string[]): Promise<string | undefined> {
  const words = ["install", "--yes", "--no-install-recommends", ...packages];
  if ((await aptGet(words)) === undefined) return undefined;
  // Without a network an update fails, or ends well with warnings: what counts is the installation.
  await aptGet(["update"]);
  return aptGet(words);
}

const lockSeconds = 600;

/**
 * Waits up to ten minutes for others' apt runs: `DPkg::Lock::Timeout` covers only the lock of `install`, not that of `update`.
 *
 * @returns What it says if it fails.
 */
async function aptGet(args: readonly string[]): Promise<string | undefined> {
  for (let waited = 0; ; waited += 1) {
    const { code, stderr } = await run(
      "apt-get",
      ["--quiet", `--option=DPkg::Lock::Timeout=${String(lockSeconds)}`, ...args],
      { env: { ...process.env, DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C.UTF-8" } },
    );
    if (code === 0) return undefined;
    if (!stderr.includes("Could not get lock") || waited >= lockSeconds) return stderr.trim();
    await sleep(1_000);
  }
}

function missingTools(tools: Tools): readonly string[] {
  return Object.keys(tools).filter((tool) => !isInstalled(tool));
}

/** True when a program is on this host. */
export function isInstalled(tool: string): boolean {
  const path = (process.env["PATH"] ?? "").split(delimiter);
  // Root's shells often lack the sbin folders, yet the tools are there.
  return [...path, "/usr/sbin", "/sbin"].some((directory) => existsSync(join(directory, tool)));
}
