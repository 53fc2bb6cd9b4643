import { changeState, type CloudStore } from "./api/cloud-store";
import type { OpenSandbox } from "./drivers/driver";

/**
 * Writes down as off what was powered off from inside, as the provider's API shows it; from then on such a server stays
 * off until somebody switches it on.
 */
export function notePoweredOff(sandbox: OpenSandbox, store: CloudStore): void {
  const isNews = ({ id, status }: { readonly id: number; readonly status: string }): boolean =>
    status === "running" && sandbox.hasPoweredOff(id);
  if (!store.read().servers.some(isNews)) return;
  changeState(store, ({ servers }) => {
    for (const server of servers.filter(isNews)) server.status = "off";
  });
}
