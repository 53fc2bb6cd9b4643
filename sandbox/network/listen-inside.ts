import { spawn } from "node:child_process";
import type { Server } from "node:net";
import { join } from "node:path";

/**
 * Makes listening sockets in a network namespace, for this process to take connections from. A process is in one network
 * namespace at a time, but sockets keep the one they were made in: a short-lived child makes them there and hands them over.
 *
 * @param namespace Name below /run/netns.
 * @param address Where to listen; `0.0.0.0` for every address of the namespace.
 * @returns One socket for each port, in the same order.
 */
export async function listenInside(
  namespace: string,
  address: string,
  ports: readonly number[],
): Promise<readonly Server[]> {
  const child = spawn(
    "nsenter",
    [
      `--net=/run/netns/${namespace}`,
      "--",
      process.execPath,
      join(__dirname, "listen-inside-main.js"),
      address,
      ...ports.map(String),
    ],
    { stdio: ["ignore", "inherit", "inherit", "ipc"] },
  );
  const sockets = new Map<number, Server>();
  await new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => {
      reject(
        new Error(`The process in the network ${namespace} ended with ${String(code)} before it listened.`),
      );
    });
    child.on("message", (port, socket) => {
      sockets.set(port as number, socket as Server);
      if (sockets.size === ports.length) resolve();
    });
  });
  child.removeAllListeners("exit");
  child.disconnect();
  return ports.flatMap((port) => sockets.get(port) ?? []);
}
