import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Progress } from "../../engine/progress";
import { run } from "../../engine/run";
import { UserError } from "../../engine/user-error";

/** The programs that the sandbox runs on this host, and the Debian packages that have them. */
const packageOf: Readonly<Record<string, string>> = {
  ip: "iproute2",
  mmdebstrap: "mmdebstrap",
  mount: "mount",
  nsenter: "util-linux",
  setpriv: "util-linux",
  ssh: "openssh-client",
  sysctl: "procps",
  tmux: "tmux",
  unshare: "util-linux",
};

/** Installs, with apt-get, what the sandbox needs on this host and is not there. */
export async function ensureHostTools(progress: Progress): Promise<void> {
  const missing = [...new Set(missingTools().map((tool) => packageOf[tool] ?? tool))].sort();
  if (missing.length === 0) return;
  if (!isInstalled("apt-get")) {
    throw new UserError(
      `This host lacks ${missing.join(", ")} (Debian's package names) and has no apt-get to install them. Fix: install them and try again.`,
    );
  }
  await progress.step(`installing ${missing.join(", ")} (apt-get)`, async () => {
    await aptGet(["update"]);
    await aptGet(["install", "--yes", "--no-install-recommends", ...missing]);
  });
  const stillMissing = missingTools();
  if (stillMissing.length > 0) {
    throw new UserError(
      `apt-get installed ${missing.join(", ")}, yet ${stillMissing.join(", ")} cannot be found on PATH.`,
    );
  }
}

const attemptsForLock = 120;

/** Waits up to ten minutes for others' apt runs: `DPkg::Lock::Timeout` covers only the lock of `install`, not that of `update`. */
async function aptGet(args: readonly string[]): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const { code, stderr } = await run("apt-get", ["--quiet", "--option=DPkg::Lock::Timeout=600", ...args], {
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    });
    if (code === 0) return;
    if (!stderr.includes("Could not get lock") || attempt === attemptsForLock) {
      throw new UserError(
        `apt-get ${args.join(" ")} failed:\n${stderr.trim()}\nFix: mend what it names, or install the packages yourself, and try again.`,
      );
    }
    await sleep(5_000);
  }
}

function missingTools(): readonly string[] {
  return Object.keys(packageOf).filter((tool) => !isInstalled(tool));
}

function isInstalled(tool: string): boolean {
  const path = (process.env["PATH"] ?? "").split(delimiter);
  // Root's shells often lack the sbin folders, yet the tools are there.
  return [...path, "/usr/sbin", "/sbin"].some((directory) => existsSync(join(directory, tool)));
}
