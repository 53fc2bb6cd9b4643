import { existsSync, readdirSync, rmdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { stopDaemon } from "./daemon-process";
import type { Instance } from "./instance/instance";
import { releaseNumber } from "./instance/number";
import { stateDirectory } from "./instance/state-directory";
import { cgroupDirectories, instanceCgroup, removeCgroup } from "./machine/cgroups";
import { killMachine } from "./machine/machine-process";
import { closeNetwork } from "./network/network";

/**
 * Ends everything of an instance and removes it: daemon, machines, cgroups, network, files. Does not rely on the daemon or
 * on the API's state, so it works after a crash, and again after it was itself cut short. The image and the engine stay in
 * the per-user cache.
 */
export async function removeInstance(instance: Instance): Promise<void> {
  await stopDaemon(instance);
  for (const directory of machineDirectories(instance)) await killMachine(directory);
  await removeCgroup(instanceCgroup(instance.number));
  await closeNetwork(instance.number);
  await rm(instance.directory, { recursive: true, force: true });
  releaseNumber(instance.number);
  // What instances share goes with the last of them.
  for (const directory of cgroupDirectories(dirname(instanceCgroup(instance.number))))
    removeIfEmpty(directory);
  for (const directory of [stateDirectory("numbers"), stateDirectory()]) removeIfEmpty(directory);
}

/** The directories of an instance's machines. */
export function machineDirectories({ directory }: Instance): readonly string[] {
  const machines = join(directory, "machines");
  return existsSync(machines) ? readdirSync(machines).map((id) => join(machines, id)) : [];
}

function removeIfEmpty(directory: string): void {
  try {
    rmdirSync(directory);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    if (!["ENOTEMPTY", "EBUSY", "ENOENT"].includes(code)) throw error;
  }
}
