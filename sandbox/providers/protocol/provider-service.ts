import type { handleUnaryCall, UntypedServiceImplementation } from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import type { IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb";
import {
  ConfigureResponse,
  CreateResponse,
  ReadResponse,
  UpdateResponse,
} from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

import type { EngineLog } from "./engine-log";
import { checkResponse, diffResponse, propertiesOf, serviceError, structOf } from "./protocol-messages";
import type { Properties } from "./property-values";
import type { Operation, Provider, Resource } from "./resource";

/** Calls of the protocol that a stand-in answers; the engine copes with the others being unimplemented. */
type ServedCalls = Pick<
  IResourceProviderServer,
  | "attach"
  | "cancel"
  | "check"
  | "checkConfig"
  | "configure"
  | "create"
  | "delete"
  | "diff"
  | "getPluginInfo"
  | "read"
  | "update"
>;

/**
 * A provider as a service of Pulumi's resource provider protocol (pulumi/proto/pulumi/provider.proto). The SDK's own
 * `provider.main` is not used because it drops what the stand-ins must answer as the official plugins do: detailed
 * diffs, previews, old inputs and configuration.
 */
export function providerService(provider: Provider, log: EngineLog): UntypedServiceImplementation {
  const cancelled = new AbortController();

  /** A call's answer is sent after everything that was logged on the way. */
  const unary =
    <Request, Response>(
      answer: (request: Request) => Response | Promise<Response>,
    ): handleUnaryCall<Request, Response> =>
    (call, callback) => {
      Promise.resolve(call.request)
        .then(answer)
        .finally(() => log.flushed())
        .then(
          (response) => {
            callback(null, response);
          },
          (error: unknown) => {
            callback(serviceError(error));
          },
        );
    };

  const operation = (urn: string, preview: boolean): Operation => ({
    urn,
    preview,
    log: log.forResource(urn),
    signal: cancelled.signal,
  });

  const calls: ServedCalls = {
    attach: unary(() => new Empty()),
    cancel: unary(() => {
      cancelled.abort();
      return new Empty();
    }),
    getPluginInfo: unary(() => new PluginInfo().setVersion(provider.version)),
    checkConfig: unary((request) => {
      const configuration = propertiesOf(request.getNews());
      return checkResponse(configuration, provider.checkConfiguration(configuration));
    }),
    configure: unary((request) => {
      provider.configure(configurationOf(provider.name, request.getVariablesMap().getEntryList()));
      return new ConfigureResponse().setAcceptsecrets(provider.acceptSecrets).setSupportspreview(true);
    }),
    check: unary((request) => {
      const inputs = propertiesOf(request.getNews());
      return checkResponse(inputs, resourceOf(provider, request.getUrn()).check(inputs));
    }),
    diff: unary((request) =>
      diffResponse(
        resourceOf(provider, request.getUrn()).diff({
          oldInputs: propertiesOf(request.getOldInputs()),
          oldOutputs: propertiesOf(request.getOlds()),
          inputs: propertiesOf(request.getNews()),
        }),
      ),
    ),
    create: unary(async (request) => {
      const urn = request.getUrn();
      const inputs = propertiesOf(request.getProperties());
      const created = await resourceOf(provider, urn).create(operation(urn, request.getPreview()), inputs);
      return new CreateResponse().setId(created.id).setProperties(structOf(created.outputs));
    }),
    update: unary(async (request) => {
      const urn = request.getUrn();
      const outputs = await resourceOf(provider, urn).update(operation(urn, request.getPreview()), {
        id: request.getId(),
        oldInputs: propertiesOf(request.getOldInputs()),
        oldOutputs: propertiesOf(request.getOlds()),
        inputs: propertiesOf(request.getNews()),
      });
      return new UpdateResponse().setProperties(structOf(outputs));
    }),
    read: unary(async (request) => {
      const urn = request.getUrn();
      const inputs = propertiesOf(request.getInputs());
      const outputs = propertiesOf(request.getProperties());
      const found = await resourceOf(provider, urn).read(
        operation(urn, false),
        request.getId(),
        inputs,
        outputs,
      );
      // An empty id says that the resource is gone.
      return found === undefined
        ? new ReadResponse()
        : new ReadResponse()
            .setId(request.getId())
            .setInputs(structOf(found.inputs))
            .setProperties(structOf(found.outputs));
    }),
    delete: unary(async (request) => {
      const urn = request.getUrn();
      const outputs = propertiesOf(request.getProperties());
      await resourceOf(provider, urn).delete(operation(urn, false), request.getId(), outputs);
      return new Empty();
    }),
  };
  return calls;
}

/** `urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME`. */
function resourceOf(provider: Provider, urn: string): Resource {
  const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
  const resource = provider.resources.get(type);
  if (resource === undefined) {
    throw new Error(
      `The sandbox's stand-in for the ${provider.name} plugin does not know the resource type ${type}. ` +
        "Use the official plugin (SANDBOX_PROVIDERS=official), or teach the stand-in in sandbox/providers.",
    );
  }
  return resource;
}

/** Configuration arrives as `hcloud:config:token`. */
function configurationOf(name: string, variables: readonly (readonly [string, string])[]): Properties {
  const prefix = `${name}:config:`;
  const own = variables.filter(([key]) => key.startsWith(prefix));
  return Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), value]));
}

/** The name of a resource, the last part of its URN. */
export function nameOf(urn: string): string {
  return urn.split("::").at(-1) ?? urn;
}
