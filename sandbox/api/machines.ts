import { apiError, notFound } from "./api-error";
import type { Cloud } from "./cloud";
import type { CloudState, Server } from "./cloud-state";
import { findById } from "./find";
import type { MachineSpec } from "./machine-driver";

/** What the driver has to know to boot a server. */
export function machineSpec(server: Server): MachineSpec {
  return {
    id: server.id,
    name: server.name,
    address: server.address,
    userData: server.userData,
    publicKeys: server.publicKeys,
    imageId: server.imageId,
  };
}

/**
 * The machines that should be running, in order of creation: what to start again after the API's process was killed
 * or the host rebooted. A server whose creation was cut short is among them.
 */
export function runningMachines(state: CloudState): MachineSpec[] {
  return state.servers.filter((server) => server.status !== "off").map(machineSpec);
}

/** Addresses that the next machine must not get. */
export function usedAddresses(state: CloudState): string[] {
  return [
    ...state.servers.map((server) => server.address),
    ...state.primaryIps.map((primaryIp) => primaryIp.ip),
  ];
}

/**
 * One operation at a time on a server's machine: while one is under way, others are answered `locked`, as by the real
 * API. A failed operation is answered with the driver's sentence.
 */
export class MachineLocks {
  readonly #busy = new Set<number>();

  isLocked(id: number): boolean {
    return this.#busy.has(id);
  }

  /** Throws `not_found` or `locked`; otherwise runs the operation and returns when it is over. */
  async run(cloud: Cloud, id: number, operation: (server: Server) => Promise<void>): Promise<void> {
    const server = findById(cloud.store.read().servers, id, "server");
    if (this.#busy.has(id)) {
      throw apiError("locked", "server is locked");
    }
    this.#busy.add(id);
    try {
      await operation(server);
    } finally {
      this.#busy.delete(id);
    }
  }
}

/** The server in a state that may have changed while its machine was worked on. */
export function currentServer(state: CloudState, id: number): Server {
  const server = state.servers.find((candidate) => candidate.id === id);
  if (server === undefined) {
    throw notFound("server", id);
  }
  return server;
}
