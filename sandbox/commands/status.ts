import { jsonFileStore } from "../api/cloud-store";
import { runningDaemon } from "../daemon-record";
import { apiEndpoint, cloudFile, findInstance, machineDirectory, type Instance } from "../instance/instance";
import { instanceName } from "../instance/name";
import { machineCgroup, memoryInUse } from "../machine/cgroups";
import { machineInit } from "../machine/machine-process";

/** `npm run sandbox -- status`: what of this clone's sandbox runs. */
export function status(): number {
  const instance = findInstance();
  if (instance === undefined) {
    process.stdout.write(`sandbox ${instanceName()}: not there\n`);
    return 0;
  }
  const daemon = runningDaemon(instance);
  const state =
    daemon === undefined
      ? "stopped"
      : `running${daemon.offline ? ", offline" : ""} (process ${String(daemon.pid)})`;
  const lines = [
    `sandbox ${instance.name}: ${state}`,
    `  API     ${apiEndpoint(instance)}`,
    `  files   ${instance.directory}`,
    ...serverLines(instance),
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
  return 0;
}

function serverLines(instance: Instance): readonly string[] {
  const { servers } = jsonFileStore(cloudFile(instance)).read();
  return servers.map(({ id, name, address }) => {
    const isUp = machineInit(machineDirectory(instance, id)) !== undefined;
    const memory = isUp ? memoryInUse(machineCgroup(instance.number, id)) : undefined;
    const use = memory === undefined ? "" : `  ${String(Math.round(memory / 1024 / 1024))} MiB`;
    return `  server  ${name}  ${address}  ${isUp ? "running" : "off"}${use}`;
  });
}
