import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../config/project-root";
import { runOrThrow } from "../run-or-throw";
import { gatewayAddress, prefixLength } from "./addresses";
import { entranceNamespace, hostLink, machineLink, machineNamespace, networkNamespace } from "./names";

const scripts = join(projectRoot, "sandbox", "network");
const namespaces = "/run/netns";

/** Makes the network of an instance and the host's way into it, as far as they are not there; see the two scripts. */
export async function openNetwork(number: number): Promise<void> {
  const gateway = gatewayAddress(number);
  await runOrThrow(join(scripts, "open.sh"), [networkNamespace(number), withPrefix(gateway)]);
  await runOrThrow(join(scripts, "open-entrance.sh"), [hostLink(number), entranceNamespace(number), gateway]);
}

/** Makes the network of a machine, as far as it is not there; see `connect-machine.sh`. */
export async function connectMachine(number: number, id: number, address: string): Promise<void> {
  await runOrThrow(join(scripts, "connect-machine.sh"), [
    networkNamespace(number),
    machineNamespace(number, id),
    machineLink(id),
    withPrefix(address),
  ]);
}

/** Removes the network of a machine, if it is there, and with it both ends of its cable. */
export async function disconnectMachine(number: number, id: number): Promise<void> {
  await removeNamespace(machineNamespace(number, id));
}

/** Removes the network of an instance and of all its machines, whatever of them is there. */
export async function closeNetwork(number: number): Promise<void> {
  // With the link go its address and its routes, at once. With a namespace it would go when the kernel gets to it.
  if (hasHostLink(number)) await runOrThrow("ip", ["link", "delete", hostLink(number)]);
  for (const namespace of namespacesOf(number)) await removeNamespace(namespace);
}

/** True while the host has an interface that leads to the instance. */
export function hasHostLink(number: number): boolean {
  const lines = readFileSync("/proc/net/dev", "utf8").split("\n");
  return lines.some((line) => line.trimStart().startsWith(`${hostLink(number)}:`));
}

/** Names of the network namespaces that belong to an instance and exist. */
export function namespacesOf(number: number): readonly string[] {
  const own = networkNamespace(number);
  if (!existsSync(namespaces)) return [];
  return readdirSync(namespaces).filter((name) => name === own || name.startsWith(`${own}-`));
}

async function removeNamespace(name: string): Promise<void> {
  if (!existsSync(join(namespaces, name))) return;
  await runOrThrow("ip", ["netns", "delete", name]);
}

function withPrefix(address: string): string {
  return `${address}/${String(prefixLength)}`;
}
