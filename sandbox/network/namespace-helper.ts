import { spawn, type ChildProcess } from "node:child_process";
import type { Server, Socket } from "node:net";
import { join } from "node:path";
import { networkNamespace } from "./names";

/** Where a connection from the host goes on inside the namespace. */
export interface Destination {
  readonly address: string;
  readonly port: number;
}

/**
 * A child process that lives in the instance's network namespace. A process is in one network namespace at a time, but
 * sockets keep the namespace they were made in and can be handed over: the helper is given the host's connections to
 * machines, and gives the proxy's listening socket.
 */
export class NamespaceHelper {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /**
   * @param onProxySocket Gets the listening socket of the proxy.
   * @param onEnd Called when the helper ends without having been told to.
   */
  static async start(number: number, onEnd: () => void): Promise<[NamespaceHelper, Server]> {
    const child = spawn(
      "nsenter",
      [
        `--net=/run/netns/${networkNamespace(number)}`,
        "--",
        process.execPath,
        join(__dirname, "namespace-helper-main.js"),
        String(number),
      ],
      { stdio: ["ignore", "inherit", "inherit", "ipc"] },
    );
    const proxySocket = await new Promise<Server>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code) => {
        reject(
          new Error(`The process in the sandbox's network ended with ${String(code)} while it started.`),
        );
      });
      child.once("message", (_message, handle) => {
        resolve(handle as Server);
      });
    });
    child.removeAllListeners("exit");
    child.once("exit", onEnd);
    return [new NamespaceHelper(child), proxySocket];
  }

  /** Hands over a connection that was accepted on the host and not yet read from. */
  continueInside(socket: Socket, destination: Destination): void {
    this.#child.send(destination, socket, { keepOpen: false }, (error) => {
      if (error !== null) socket.destroy();
    });
  }

  stop(): void {
    this.#child.removeAllListeners("exit");
    this.#child.kill("SIGKILL");
  }
}
