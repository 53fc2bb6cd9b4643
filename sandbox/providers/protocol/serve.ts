import { Server } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";

import { announceToEngine, listenOnLoopback } from "../../../engine/grpc-plugin";
import { EngineLog } from "./engine-log";
import { providerService } from "./provider-service";
import type { Provider } from "./resource";

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
  return { server, port: await listenOnLoopback(server) };
}

/**
 * Runs a plugin process: takes the engine's address from the arguments, serves, prints the port on stdout (the
 * engine waits for that line) and ends when the engine is gone, even if that was killed.
 */
export async function runPlugin(provider: Provider, processArguments: readonly string[]): Promise<void> {
  const { port } = await startServer(provider, new EngineLog(engineAddress(processArguments)));
  announceToEngine(port);
}

/** The engine passes its address last, after logging options of its own (`--logtostderr`, `-v=9`, `--tracing URL`). */
function engineAddress(processArguments: readonly string[]): string | undefined {
  const last = processArguments.at(-1);
  return last?.startsWith("-") === false ? last : undefined;
}
