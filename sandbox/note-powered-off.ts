import { changeState, type CloudStore } from "./api/cloud-store";
import { machineDirectory, type Instance } from "./instance/instance";
import { hasPoweredOff } from "./machine/machine-process";

/**
 * Writes down as off what was powered off from inside, as the provider's API shows it; from then on such a server stays
 * off until somebody switches it on.
 */
export function notePoweredOff(instance: Instance, store: CloudStore): void {
  const isNews = ({ id, status }: { readonly id: number; readonly status: string }): boolean =>
    status === "running" && hasPoweredOff(machineDirectory(instance, id));
  if (!store.read().servers.some(isNews)) return;
  changeState(store, ({ servers }) => {
    for (const server of servers.filter(isNews)) server.status = "off";
  });
}
