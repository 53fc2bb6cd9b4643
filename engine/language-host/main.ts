import { type handleUnaryCall, Server, status } from "@grpc/grpc-js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import {
  AboutResponse,
  GetRequiredPackagesResponse,
  GetRequiredPluginsResponse,
  type RunRequest,
  RunResponse,
} from "@pulumi/pulumi/proto/language_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { announceToEngine, listenOnLoopback } from "../grpc-plugin";
import { cliVersion } from "../versions";
import { runProgram } from "./program";

/**
 * A Node language host for an engine that came without one (docs/decisions/engine.md): the part of the engine's language
 * protocol (pulumi/proto/pulumi/language.proto) that runs a compiled program. The engine starts it, reads the port that it
 * prints, and calls it.
 */
const engineAddress = process.argv.at(-1) ?? "";

const answer =
  <Response>(make: () => Response): handleUnaryCall<unknown, Response> =>
  (_call, callback) => {
    callback(null, make());
  };

const run: handleUnaryCall<RunRequest, RunResponse> = ({ request }, callback) => {
  runProgram(request, engineAddress).then(
    ({ error, hasSpoken }) => {
      const response = new RunResponse();
      response.setError(error ?? "");
      response.setBail(hasSpoken);
      callback(null, response);
    },
    (error: unknown) => {
      callback({ code: status.INTERNAL, details: (error as Error).message });
    },
  );
};

const server = new Server();
server.addService(LanguageRuntimeService, {
  run,
  about: answer(() => new AboutResponse()),
  cancel: answer(() => new Empty()),
  getPluginInfo: answer(() => {
    const info = new PluginInfo();
    info.setVersion(cliVersion);
    return info;
  }),
  // Every plugin is installed beforehand, in the version that the program's packages ask for when they use it.
  getRequiredPackages: answer(() => new GetRequiredPackagesResponse()),
  getRequiredPlugins: answer(() => new GetRequiredPluginsResponse()),
});
void listenOnLoopback(server).then(announceToEngine);
