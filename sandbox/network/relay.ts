import { createServer, type Server, type Socket } from "node:net";
import { UserError } from "../../engine/user-error";
import { relayedPorts, unusedAddress } from "./addresses";
import type { NamespaceHelper } from "./namespace-helper";

/**
 * Makes machines reachable from the host under their own addresses: listens on the host's loopback interface, where all
 * of 127.0.0.0/8 is at home, and has each connection continued inside the instance's network namespace.
 */
export class Relay {
  readonly #helper: NamespaceHelper;
  readonly #servers = new Map<number, readonly Server[]>();

  constructor(helper: NamespaceHelper) {
    this.#helper = helper;
  }

  /** Listens under a machine's address; safe to call again, also with another address. */
  async open(id: number, address: string): Promise<void> {
    this.close(id);
    const listening = await Promise.allSettled(relayedPorts.map((port) => this.#listen(address, port)));
    this.#servers.set(
      id,
      listening.flatMap((result) => (result.status === "fulfilled" ? [result.value] : [])),
    );
    const failed = listening.find((result) => result.status === "rejected");
    if (failed === undefined) return;
    this.close(id);
    throw failed.reason;
  }

  /** From now on connections are refused, as by a server that is off. Open connections stay. */
  close(id: number): void {
    for (const server of this.#servers.get(id) ?? []) server.close();
    this.#servers.delete(id);
  }

  async #listen(address: string, port: number): Promise<Server> {
    return listen(address, port, (socket) => {
      this.#helper.continueInside(socket, { address, port });
    });
  }
}

/**
 * Checks, before any machine is made, that no program of this host listens on all addresses at a port of the relay: such
 * a program keeps its port on every address of the host.
 *
 * @throws UserError that says what to do.
 */
export async function ensurePortsFree(number: number): Promise<void> {
  for (const port of relayedPorts) {
    const server = await listen(unusedAddress(number), port, (socket) => socket.destroy());
    server.close();
  }
}

async function listen(address: string, port: number, accept: (socket: Socket) => void): Promise<Server> {
  const server = createServer({ pauseOnConnect: true }, accept);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(error.code === "EADDRINUSE" ? portTaken(address, port) : error);
    });
    server.listen(port, address, resolve);
  });
  return server;
}

function portTaken(address: string, port: number): UserError {
  return new UserError(
    `Port ${String(port)} of ${address} is taken by another program on this host, most likely one that listens on all addresses (for port 22: this host's sshd). ` +
      `Fix: let it listen on its own addresses only (sshd_config: \`ListenAddress\`), or stop it.`,
  );
}
