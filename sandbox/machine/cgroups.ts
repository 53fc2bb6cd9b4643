import { existsSync, lstatSync, readdirSync, readFileSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const mountPoint = "/sys/fs/cgroup";

/** Path below every hierarchy of all that an instance runs. */
export function instanceCgroup(number: number): string {
  return join("team-runtime", String(number));
}

/** Path below every hierarchy of one machine. */
export function machineCgroup(number: number, id: number): string {
  return join(instanceCgroup(number), String(id));
}

/** Directories of a cgroup that exist: one with version 2, one for each hierarchy with version 1. */
export function cgroupDirectories(cgroup: string): readonly string[] {
  return hierarchies()
    .map((hierarchy) => join(hierarchy, cgroup))
    .filter((directory) => existsSync(directory));
}

/** Kills everything in a cgroup and below, and removes it. Nothing there is no error. */
export async function removeCgroup(cgroup: string): Promise<void> {
  const end = Date.now() + 10_000;
  for (;;) {
    const processes = cgroupDirectories(cgroup).flatMap(processesBelow);
    if (processes.length === 0) break;
    if (Date.now() > end)
      throw new Error(`processes ${processes.join(", ")} do not end, although they were killed`);
    for (const pid of new Set(processes)) killIfThere(pid);
    await sleep(50);
  }
  for (const directory of cgroupDirectories(cgroup)) removeTree(directory);
}

/** Bytes of memory that a machine uses, without the cached files that the kernel could drop at once. */
export function memoryInUse(cgroup: string): number | undefined {
  for (const directory of cgroupDirectories(cgroup)) {
    // Version 2, then version 1, which counts what is below in names that start with total_.
    const usage =
      readIfThere(join(directory, "memory.current")) || readIfThere(join(directory, "memory.usage_in_bytes"));
    const stat = readIfThere(join(directory, "memory.stat"));
    const droppable = /^total_inactive_file (\d+)$/m.exec(stat) ?? /^inactive_file (\d+)$/m.exec(stat);
    if (usage !== "") return Number(usage) - Number(droppable?.[1] ?? 0);
  }
  return undefined;
}

function hierarchies(): readonly string[] {
  if (existsSync(join(mountPoint, "cgroup.controllers"))) return [mountPoint];
  return readdirSync(mountPoint)
    .map((name) => join(mountPoint, name))
    .filter((path) => lstatSync(path).isDirectory());
}

function processesBelow(directory: string): readonly number[] {
  const own = readIfThere(join(directory, "cgroup.procs"))
    .split("\n")
    .filter((line) => line !== "")
    .map(Number);
  return [...own, ...children(directory).flatMap(processesBelow)];
}

function removeTree(directory: string): void {
  for (const child of children(directory)) removeTree(child);
  rmdirSync(directory);
}

function children(directory: string): readonly string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(directory, entry.name));
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
