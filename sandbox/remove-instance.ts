import { rm } from "node:fs/promises";
import { stopDaemon } from "./daemon-process";
import type { Driver } from "./drivers/driver";
import type { Instance } from "./instance/instance";
import { releaseNumber } from "./instance/number";
import { removeIfEmpty } from "./instance/remove-if-empty";
import { stateDirectory } from "./instance/state-directory";

/**
 * Ends everything of an instance and removes it: daemon, machines, network, files. Does not rely on the daemon or on the
 * API's state, so it works after a crash, and again after it was itself cut short. The image and the engine stay in the
 * per-user cache.
 */
export async function removeInstance(instance: Instance, driver: Driver): Promise<void> {
  await stopDaemon(instance);
  await driver.remove(instance);
  await rm(instance.directory, { recursive: true, force: true });
  releaseNumber(instance.number);
  for (const directory of [stateDirectory("numbers"), stateDirectory()]) removeIfEmpty(directory);
}
