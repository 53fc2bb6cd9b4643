import { credentials, Server, type ServiceError } from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogSeverity, type LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import type { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import {
  CheckRequest,
  type CheckResponse,
  ConfigureRequest,
  CreateRequest,
  type CreateResponse,
  DeleteRequest,
  DiffRequest,
  type DiffResponse,
  PropertyDiff,
  ReadRequest,
  type ReadResponse,
  UpdateRequest,
  type UpdateResponse,
} from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { expect } from "vitest";

import { listenOnLoopback } from "../../engine/grpc-plugin";
import { EngineLog } from "../../sandbox/providers/protocol/engine-log";
import type { DetailedDiff } from "../../sandbox/providers/protocol/property-diff";
import type { Properties } from "../../sandbox/providers/protocol/property-values";
import type { Provider } from "../../sandbox/providers/protocol/resource";
import { startServer } from "../../sandbox/providers/protocol/serve";

type Callback<T> = (error: ServiceError | null, answer: T) => void;

/** The engine's side of the protocol, over a real gRPC connection: what the CLI would see of a plugin. */
export interface PluginClient {
  /** What was logged since the start, as the CLI shows it: `error: …`, `warning: …`, or the line itself. */
  readonly messages: string[];
  checkConfiguration(configuration: Properties): Promise<string[]>;
  configure(configuration: Record<string, string>): Promise<void>;
  check(urn: string, inputs: Properties): Promise<string[]>;
  diff(
    urn: string,
    old: { inputs: Properties; outputs: Properties },
    inputs: Properties,
  ): Promise<ProtocolDiff>;
  create(urn: string, inputs: Properties, preview?: boolean): Promise<{ id: string; outputs: Properties }>;
  update(
    urn: string,
    old: { id: string; inputs: Properties; outputs: Properties },
    inputs: Properties,
    preview?: boolean,
  ): Promise<Properties>;
  read(urn: string, id: string, inputs: Properties, outputs: Properties): Promise<ReadAnswer>;
  delete(urn: string, id: string, outputs: Properties): Promise<void>;
  version(): Promise<string>;
  cancel(): Promise<void>;
  close(): void;
}

export interface ProtocolDiff {
  readonly changed: string[];
  readonly replaces: string[];
  readonly detailed: DetailedDiff | undefined;
  readonly deleteBeforeReplace: boolean;
}

export interface ReadAnswer {
  readonly id: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
}

const kindNames = {
  [PropertyDiff.Kind.ADD]: "add",
  [PropertyDiff.Kind.ADD_REPLACE]: "add-replace",
  [PropertyDiff.Kind.DELETE]: "delete",
  [PropertyDiff.Kind.DELETE_REPLACE]: "delete-replace",
  [PropertyDiff.Kind.UPDATE]: "update",
  [PropertyDiff.Kind.UPDATE_REPLACE]: "update-replace",
} as const;

/** Serves a provider as its plugin process would and connects to it. */
export async function connectPlugin(provider: Provider): Promise<PluginClient> {
  const messages: string[] = [];
  const engine = await startEngine(messages);
  const plugin = await startServer(provider, new EngineLog(`127.0.0.1:${engine.port}`));
  const client = new ResourceProviderClient(`127.0.0.1:${plugin.port}`, credentials.createInsecure(), {
    "grpc.max_receive_message_length": -1,
  });
  return {
    messages,
    checkConfiguration: async (configuration) => {
      const answer = await answerTo((callback: Callback<CheckResponse>) =>
        client.checkConfig(new CheckRequest().setNews(struct(configuration)), callback),
      );
      return refusalsOf(answer);
    },
    configure: async (configuration) => {
      const request = new ConfigureRequest();
      for (const [key, value] of Object.entries(configuration)) {
        request.getVariablesMap().set(`${provider.name}:config:${key}`, value);
      }
      await answerTo((callback) => client.configure(request, callback));
    },
    check: async (urn, inputs) => {
      const request = new CheckRequest().setUrn(urn).setOlds(struct({})).setNews(struct(inputs));
      return refusalsOf(
        await answerTo((callback: Callback<CheckResponse>) => client.check(request, callback)),
      );
    },
    diff: async (urn, old, inputs) => {
      const request = new DiffRequest()
        .setUrn(urn)
        .setOlds(struct(old.outputs))
        .setOldInputs(struct(old.inputs))
        .setNews(struct(inputs));
      const answer = await answerTo<DiffResponse>((callback) => client.diff(request, callback));
      const detailed: DetailedDiff = {};
      answer.getDetaileddiffMap().forEach((value, path) => {
        detailed[path] = kindNames[value.getKind()];
      });
      return {
        changed: answer.getDiffsList(),
        replaces: answer.getReplacesList(),
        deleteBeforeReplace: answer.getDeletebeforereplace(),
        detailed: answer.getHasdetaileddiff() ? detailed : undefined,
      };
    },
    create: async (urn, inputs, preview = false) => {
      const request = new CreateRequest().setUrn(urn).setProperties(struct(inputs)).setPreview(preview);
      const answer = await answerTo<CreateResponse>((callback) => client.create(request, callback));
      return { id: answer.getId(), outputs: answer.getProperties()?.toJavaScript() ?? {} };
    },
    update: async (urn, old, inputs, preview = false) => {
      const request = new UpdateRequest()
        .setId(old.id)
        .setUrn(urn)
        .setOlds(struct(old.outputs))
        .setOldInputs(struct(old.inputs))
        .setNews(struct(inputs))
        .setPreview(preview);
      const answer = await answerTo<UpdateResponse>((callback) => client.update(request, callback));
      return answer.getProperties()?.toJavaScript() ?? {};
    },
    read: async (urn, id, inputs, outputs) => {
      const request = new ReadRequest()
        .setUrn(urn)
        .setId(id)
        .setInputs(struct(inputs))
        .setProperties(struct(outputs));
      const answer = await answerTo<ReadResponse>((callback) => client.read(request, callback));
      return {
        id: answer.getId(),
        inputs: answer.getInputs()?.toJavaScript() ?? {},
        outputs: answer.getProperties()?.toJavaScript() ?? {},
      };
    },
    delete: async (urn, id, outputs) => {
      const request = new DeleteRequest().setUrn(urn).setId(id).setProperties(struct(outputs));
      await answerTo((callback) => client.delete(request, callback));
    },
    version: async () => {
      const answer = await answerTo<PluginInfo>((callback) => client.getPluginInfo(new Empty(), callback));
      return answer.getVersion();
    },
    cancel: async () => {
      await answerTo((callback) => client.cancel(new Empty(), callback));
    },
    close: () => {
      client.close();
      plugin.server.forceShutdown();
      engine.server.forceShutdown();
    },
  };
}

function struct(properties: Properties): Struct {
  return Struct.fromJavaScript(properties);
}

/** A call's answer; a failure carries the text that the engine would show. */
function answerTo<T>(call: (callback: Callback<T>) => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, answer) => {
      if (error === null) {
        resolve(answer);
      } else {
        reject(Object.assign(new Error(error.details), { metadata: error.metadata }));
      }
    });
  });
}

function refusalsOf(answer: CheckResponse): string[] {
  // A name would make the engine print the value.
  expect(answer.getFailuresList().map((failure) => failure.getProperty())).not.toContainEqual(
    expect.stringMatching(/./),
  );
  return answer.getFailuresList().map((failure) => failure.getReason());
}

/** An engine that only takes log messages. */
async function startEngine(messages: string[]): Promise<{ server: Server; port: number }> {
  const server = new Server();
  const prefixes = {
    [LogSeverity.ERROR]: "error: ",
    [LogSeverity.WARNING]: "warning: ",
    [LogSeverity.INFO]: "",
  };
  server.addService(EngineService, {
    log: (call: { request: LogRequest }, callback: Callback<Empty>) => {
      const severity = call.request.getSeverity();
      messages.push(
        `${severity === LogSeverity.DEBUG ? "" : prefixes[severity]}${call.request.getMessage()}`,
      );
      callback(null, new Empty());
    },
  });
  return { server, port: await listenOnLoopback(server) };
}
