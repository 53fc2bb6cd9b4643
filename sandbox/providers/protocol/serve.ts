import { Server, ServerCredentials } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";

import { EngineLog } from "./engine-log";
import { providerService } from "./provider-service";
import type { Provider } from "./resource";

/** How often a plugin looks whether the engine is still there. */
const orphanCheckMilliseconds = 1000;

/** Engine messages (user_data, access documents) may be larger than gRPC's 4 MiB; Pulumi's own limit is 400 MiB. */
const largestMessage = 400 * 1024 * 1024;

/** Serves a provider on a free loopback port and returns the server with that port. */
export async function startServer(
  provider: Provider,
  log: EngineLog,
): Promise<{ server: Server; port: number }> {
  const server = new Server({
    "grpc.max_receive_message_length": largestMessage,
    "grpc.max_send_message_length": largestMessage,
  });
  server.addService(ResourceProviderService, providerService(provider, log));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) {
        resolve(bound);
      } else {
        reject(error);
      }
    });
  });
  return { server, port };
}

/**
 * Runs a plugin process: takes the engine's address from the arguments, serves, prints the port on stdout (the
 * engine waits for that line) and ends when the engine is gone, even if that was killed.
 */
export async function runPlugin(provider: Provider, processArguments: readonly string[]): Promise<void> {
  const { port } = await startServer(provider, new EngineLog(engineAddress(processArguments)));
  process.stdout.write(`${port}\n`);
  const engine = process.ppid;
  setInterval(() => {
    if (process.ppid !== engine) {
      process.exit(1);
    }
  }, orphanCheckMilliseconds);
}

/** The engine passes its address last, after logging options of its own (`--logtostderr`, `-v=9`, `--tracing URL`). */
function engineAddress(processArguments: readonly string[]): string | undefined {
  const last = processArguments.at(-1);
  return last?.startsWith("-") === false ? last : undefined;
}
