import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, writeFile, copyFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { projectRoot } from "../../config/project-root";
import { run } from "../../engine/run";
import type { MachineSpec } from "../api/machine-driver";
import type { Instance } from "../instance/instance";
import { prefixLength } from "../network/addresses";
import { runOrThrow } from "../run-or-throw";
import { docker, dockerLines } from "./docker";
import { containerName, instanceLabel, networkName } from "./names";

const scripts = join(projectRoot, "sandbox", "docker");
/** Where in a machine the first process and what it reads are. */
const inMachine = "usr/local/lib/team-runtime-sandbox";
const seedInMachine = "var/lib/cloud/seed/nocloud";
const bootTimeoutMilliseconds = 20_000;
/** As long as a provider's console waits after its power button was pressed. */
const shutdownTimeoutMilliseconds = 30_000;

/** What systemd and the program need beyond Docker's default capabilities (capabilities(7)); never `--privileged`. */
const capabilities = {
  SYS_ADMIN: "systemd mounts, and makes namespaces for its units",
  NET_ADMIN: "addresses, and the firewall that the program sets up",
  SYS_PTRACE: "root sees all processes' details, as on a server",
  SYS_NICE: "units with a priority",
  AUDIT_CONTROL: "pam_loginuid",
  SYS_BOOT: "reboot and power off",
};

/** Makes the container of a machine, off and with what its image holds. */
export async function createContainer(
  { number, directory }: Instance,
  machine: MachineSpec,
  image: string,
): Promise<void> {
  await docker(
    ...["create", "--name", containerName(number, machine.id), "--hostname", machine.name],
    ...["--label", `${instanceLabel}=${directory}`, "--network", networkName(number)],
    // Docker's and AppArmor's default rules forbid mounts, with whatever capabilities.
    ...["--security-opt", "seccomp=unconfined", "--security-opt", "apparmor=unconfined"],
    ...Object.keys(capabilities).flatMap((capability) => ["--cap-add", capability]),
    ...["--cgroupns", "private"],
    ...["--tmpfs", "/run:rw,exec,nosuid,nodev,mode=755", "--tmpfs", "/run/lock"],
    // When Docker itself stops, machines end as in a reboot, after which they are booted again: systemd(1), SIGRTMIN+5.
    ...["--stop-signal", "SIGRTMIN+5", "--stop-timeout", "30"],
    ...["--log-opt", "max-size=1m"],
    ...["--entrypoint", `/${inMachine}/become-machine.sh`, image],
  );
}

/** Puts into a machine that is off what its host has for it: the layer, the cloud-init seed, its address. */
export async function fillContainer(
  { number }: Instance,
  machine: MachineSpec,
  machineDirectory: string,
  layer: string,
): Promise<void> {
  const seed = join(machineDirectory, "seed");
  const staging = await mkdtemp(join(machineDirectory, "staging-"));
  try {
    const copy = async (source: string, path: string): Promise<void> => {
      await mkdir(dirname(join(staging, path)), { recursive: true });
      await copyFile(source, join(staging, path));
    };
    const init = "become-machine.sh";
    await copy(join(scripts, init), join(inMachine, init));
    await writeFile(join(staging, inMachine, "address"), `${machine.address}/${String(prefixLength)}\n`);
    for (const file of await readdir(seed)) await copy(join(seed, file), join(seedInMachine, file));
    const name = containerName(number, machine.id);
    await runOrThrow(join(scripts, "fill-container.sh"), [name, layer, staging]);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** Boots a machine that is off. Resolves when its init runs. */
export async function startContainer(name: string): Promise<void> {
  await docker("start", name);
  const end = Date.now() + bootTimeoutMilliseconds;
  for (;;) {
    const pid = await docker("inspect", "--format", "{{.State.Pid}}", name);
    if (isSystemd(pid)) return;
    if (pid === "0" || Date.now() > end)
      throw new Error(`the machine did not boot: ${await docker("logs", "--tail", "5", name)}`);
    await sleep(50);
  }
}

/** Asks a machine to power off, and cuts its power if it has not done so in time. */
export async function shutDownContainer(name: string): Promise<void> {
  // systemd(1): SIGRTMIN+4 starts poweroff.target.
  await docker("kill", "--signal", "SIGRTMIN+4", name);
  await run("docker", ["wait", name], { abort: AbortSignal.timeout(shutdownTimeoutMilliseconds) });
  if ((await containerStatus(name)) === "running") await docker("kill", name);
}

/** `running`, `exited`, …; `undefined`: there is no such container. */
export async function containerStatus(name: string): Promise<string | undefined> {
  const [status] = await dockerLines(
    ...["ps", "--all", "--filter", `name=^/${name}$`, "--format", "{{.State}}"],
  );
  return status;
}

function isSystemd(pid: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8") === "systemd\n";
  } catch {
    return false;
  }
}
