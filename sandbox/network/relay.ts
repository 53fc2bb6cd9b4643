import { createServer, type Server } from "node:net";
import { relayedPorts } from "./addresses";
import { listenInside } from "./listen-inside";
import { entranceNamespace } from "./names";
import type { NamespaceHelper } from "./namespace-helper";

/**
 * Makes machines reachable from the host under their own addresses: takes connections in the entrance, where the host's
 * routes lead and all those addresses are at home, and has each continued inside the instance's network. Nothing listens
 * on the host, so its own sshd, which usually has port 22 of all addresses, is not in the way.
 */
export class Relay {
  readonly #addresses = new Map<number, string>();

  private constructor(helper: NamespaceHelper, sockets: readonly Server[]) {
    for (const [index, port] of relayedPorts.entries()) {
      const server = createServer({ pauseOnConnect: true }, (socket) => {
        const address = socket.localAddress;
        // To the client, a machine that is off or does not exist has no such service.
        if (address === undefined || ![...this.#addresses.values()].includes(address))
          socket.resetAndDestroy();
        else helper.continueInside(socket, { address, port });
      });
      server.listen(sockets[index]);
    }
  }

  static async start(number: number, helper: NamespaceHelper): Promise<Relay> {
    return new Relay(helper, await listenInside(entranceNamespace(number), "0.0.0.0", relayedPorts));
  }

  /** From now on connections to a machine go on; safe to call again, also with another address. */
  open(id: number, address: string): void {
    this.#addresses.set(id, address);
  }

  /** From now on connections end at once, as at a server that is off. Open connections stay. */
  close(id: number): void {
    this.#addresses.delete(id);
  }
}
