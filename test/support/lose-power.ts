import { docker } from "../../sandbox/docker/docker";
import { containerName } from "../../sandbox/docker/names";
import { machineDirectory } from "../../sandbox/instance/instance";
import { killMachine } from "../../sandbox/machine/machine-process";
import { namespacesOf } from "../../sandbox/network/network";
import { runOrThrow } from "../../sandbox/run-or-throw";
import type { TestSandbox } from "./sandbox";

/** Leaves of a sandbox with one machine what a reboot of its host leaves: files. Docker makes its networks anew by itself. */
export async function losePower({ driver, instance }: TestSandbox, id: number): Promise<void> {
  if (driver.name === "docker") {
    await docker("kill", containerName(instance.number, id));
    return;
  }
  await killMachine(machineDirectory(instance, id));
  for (const namespace of namespacesOf(instance.number))
    await runOrThrow("ip", ["netns", "delete", namespace]);
}
