import { type Server, ServerCredentials } from "@grpc/grpc-js";

/** How often a plugin looks whether the engine is still there. */
const orphanCheckMilliseconds = 1000;

/** Opens a gRPC server on a free port of the loopback address, without TLS, as the engine speaks to its plugins. */
export async function listenOnLoopback(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) {
        resolve(port);
      } else {
        reject(error);
      }
    });
  });
}

/**
 * Tells the engine the port, in the line on standard output that it waits for, and ends this process when the engine that
 * started it is gone, even if that was killed.
 */
export function announceToEngine(port: number): void {
  process.stdout.write(`${String(port)}\n`);
  const engine = process.ppid;
  setInterval(() => {
    if (process.ppid !== engine) process.exit(1);
  }, orphanCheckMilliseconds);
}
