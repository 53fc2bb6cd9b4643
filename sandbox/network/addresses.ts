/** Port of the local Hetzner API on an instance's gateway address. */
export const apiPort = 7780;

/** Port of the proxy on the gateway address, inside the instance's network namespace only. */
export const proxyPort = 3128;

/** Length of the network prefix of an instance's addresses. */
export const prefixLength = 24;

/** TCP ports of machines that are reached from the host: SSH and Eternal Terminal. */
export const relayedPorts: readonly number[] = [22, 2022];

const firstMachine = 11;
const lastMachine = 254;

/**
 * 127.77.N.1: to the machines the bridge, with the proxy; to the host its own end of the cable to the entrance, with the
 * API. The two are in different namespaces and never meet.
 */
export function gatewayAddress(number: number): string {
  return `127.77.${String(number)}.1`;
}

/** An address of the instance that no machine ever gets. */
export function unusedAddress(number: number): string {
  return `127.77.${String(number)}.${String(firstMachine - 1)}`;
}

/** The first address from 127.77.N.11 on that is not used. */
export function freeMachineAddress(number: number, used: readonly string[]): string {
  for (let host = firstMachine; host <= lastMachine; host += 1) {
    const address = `127.77.${String(number)}.${String(host)}`;
    if (!used.includes(address)) return address;
  }
  throw new Error(
    `The sandbox has no free address left: it has room for ${String(lastMachine - firstMachine + 1)} servers.`,
  );
}
