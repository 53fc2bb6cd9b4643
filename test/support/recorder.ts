import * as pulumi from "@pulumi/pulumi";
import { Empty } from "google-protobuf/google/protobuf/empty_pb.js";

/** A resource as the program registered it, options included. */
export interface RecordedResource {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Name of the parent, `undefined` for the stack itself. */
  readonly parent?: string;
  readonly dependsOn: readonly string[];
  readonly deletedWith?: string;
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  readonly ignoreChanges: readonly string[];
}

/** The part of a registration request that is read here (pulumi's `resource.proto`). */
interface RegistrationRequest {
  getType(): string;
  getName(): string;
  getParent(): string;
  getProtect(): boolean;
  getRetainondelete(): boolean;
  getDeletedwith(): string;
  getDependenciesList(): string[];
  getIgnorechangesList(): string[];
}

interface Monitor {
  registerResource(request: RegistrationRequest, callback: unknown): unknown;
  /** The SDK's mocks do not know it. */
  registerErrorHook?: (request: unknown, callback: (error: null, answer: Empty) => void) => void;
}

/** What the mocks answer with, beside the inputs: the outputs that the program goes on with. */
export type MockOutputs = (args: pulumi.runtime.MockResourceArgs) => Record<string, unknown>;

/**
 * Replaces Pulumi's engine by mocks that remember every resource with its options. Call it before the program is imported;
 * once per test file, because the SDK keeps one engine per process.
 */
export async function recordResources(
  stack: string,
  outputsOf: MockOutputs,
): Promise<() => readonly RecordedResource[]> {
  const inputs = new Map<string, Readonly<Record<string, unknown>>>();
  const requests: RegistrationRequest[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource(args) {
        inputs.set(`${args.type}::${args.name}`, args.inputs as Record<string, unknown>);
        // A stack that was never applied has no outputs.
        const outputs = args.type === "pulumi:pulumi:StackReference" ? { outputs: {} } : outputsOf(args);
        return { id: `${args.name}-id`, state: { ...args.inputs, ...outputs } as Record<string, unknown> };
      },
      call: (args) => args.inputs as Record<string, unknown>,
    },
    "team-runtime",
    stack,
    false,
    "organization",
  );
  const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
  monitor.registerErrorHook = (_request, callback) => {
    callback(null, new Empty());
  };
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) => {
    requests.push(request);
    return register(request, callback);
  };
  return () =>
    requests.map((request) => ({
      type: request.getType(),
      name: request.getName(),
      inputs: inputs.get(`${request.getType()}::${request.getName()}`) ?? {},
      ...(nameOf(request.getParent()) === "" ? {} : { parent: nameOf(request.getParent()) }),
      dependsOn: request.getDependenciesList().map(nameOf).sort(),
      ...(request.getDeletedwith() === "" ? {} : { deletedWith: nameOf(request.getDeletedwith()) }),
      protect: request.getProtect(),
      retainOnDelete: request.getRetainondelete(),
      ignoreChanges: request.getIgnorechangesList(),
    }));
}

/** `urn:pulumi:dev::team-runtime::TYPE::NAME` → `NAME`. */
function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

const secretSignature = "4dabf18193072939515e22adb298388d";

/** What is in a registered secret, nested secrets opened; nothing when the value is none. */
export function secretContent(value: unknown): unknown {
  if (typeof value !== "object" || value === null || !(secretSignature in value)) return undefined;
  return opened((value as { readonly value?: unknown }).value);
}

function opened(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(opened);
  if (typeof value !== "object" || value === null) return value;
  return (
    secretContent(value) ??
    Object.fromEntries(Object.entries(value).map(([name, item]: [string, unknown]) => [name, opened(item)]))
  );
}

/** A registered value as a reader may see it: secrets as `[secret]`. */
export function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== "object" || value === null) return value;
  if (secretSignature in value) return "[secret]";
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, item]: [string, unknown]) => [name, withoutSecrets(item)]),
  );
}
