import { jsonFileStore } from "../api/cloud-store";
import { runningDaemon } from "../daemon-record";
import { recordedDriver } from "../drivers/choose-driver";
import type { Driver } from "../drivers/driver";
import { apiEndpoint, cloudFile, findInstance, type Instance } from "../instance/instance";
import { instanceName } from "../instance/name";

/** `npm run sandbox -- status`: what of this clone's sandbox runs. */
export async function status(): Promise<number> {
  const instance = findInstance();
  if (instance === undefined) {
    process.stdout.write(`sandbox ${instanceName()}: not there\n`);
    return 0;
  }
  const driver = recordedDriver(instance);
  const daemon = runningDaemon(instance);
  const state =
    daemon === undefined
      ? "stopped"
      : `running${daemon.offline ? ", offline" : ""} (process ${String(daemon.pid)})`;
  const lines = [
    `sandbox ${instance.name}: ${state}`,
    `  API     ${apiEndpoint(instance)}`,
    `  files   ${instance.directory}`,
    ...(driver === undefined ? [] : [`  driver  ${driver.name}`]),
    ...(await serverLines(instance, driver)),
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
  return 0;
}

async function serverLines(instance: Instance, driver: Driver | undefined): Promise<readonly string[]> {
  const { servers } = jsonFileStore(cloudFile(instance)).read();
  const running = await driver?.running(instance);
  return servers.map(({ id, name, address }) => {
    const memory = running?.get(id);
    const use = memory === undefined ? "" : `  ${String(Math.round(memory / 1024 / 1024))} MiB`;
    return `  server  ${name}  ${address}  ${running?.has(id) === true ? "running" : "off"}${use}`;
  });
}
