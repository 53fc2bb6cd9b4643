import { spawn, type ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import { join } from "node:path";
import { networkNamespace } from "./names";

/** Where a connection from the host goes on inside the namespace. */
export interface Destination {
  readonly address: string;
  readonly port: number;
}

/** A child process that lives in the instance's network namespace and connects from there to machines. */
export class NamespaceHelper {
  readonly #child: ChildProcess;

  /** @param onEnd Called when the helper ends, or cannot be started, without having been told to. */
  constructor(number: number, onEnd: () => void) {
    this.#child = spawn(
      "nsenter",
      [
        `--net=/run/netns/${networkNamespace(number)}`,
        "--",
        process.execPath,
        join(__dirname, "namespace-helper-main.js"),
      ],
      { stdio: ["ignore", "inherit", "inherit", "ipc"] },
    );
    this.#child.once("error", onEnd);
    this.#child.once("exit", onEnd);
  }

  /** Hands over a connection that was accepted and not yet read from. */
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
