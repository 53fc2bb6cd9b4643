import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb.js";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { projectRoot } from "../../config/project-root";
import { run } from "../../engine/run";
import { invariants } from "../../invariants/index";
import { notKnown, Secret, types, type Resource, type StackResources } from "../../invariants/resource";
import { urnOf } from "../support/preview-digest";
import { developmentSettings, recordProgram } from "../support/record-program";

/**
 * The policy pack, started as Pulumi's Node language host starts it and asked over gRPC as the engine asks it. What is not
 * tried here is the engine with `--policy-pack`: the language host that this project builds from source starts programs only.
 */
const packFolder = join(projectRoot, "policy");
let stack: StackResources;
let pack: ChildProcess;
let client: AnalyzerClient;

beforeAll(async () => {
  stack = (await recordProgram("dev", developmentSettings())).stack;
  if (!existsSync(join(packFolder, "node_modules", "@pulumi", "policy"))) {
    const { code, stderr } = await run("npm", ["ci", "--no-fund", "--no-audit", "--loglevel=error"], {
      cwd: packFolder,
    });
    if (code !== 0) throw new Error(stderr);
  }
  client = new AnalyzerClient(await startPack());
}, 300_000);

afterAll(() => {
  pack.kill();
});

async function startPack(): Promise<string> {
  const runner = createRequire(join(packFolder, "package.json")).resolve(
    "@pulumi/pulumi/cmd/run-policy-pack",
  );
  pack = spawn(process.execPath, [runner, "127.0.0.1:1", packFolder], {
    cwd: packFolder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  return new Promise((resolve, reject) => {
    let said = "";
    pack.stderr?.on("data", (data: Buffer) => (said += String(data)));
    pack.stdout?.on("data", (data: Buffer) => {
      const port = /^([0-9]+)$/m.exec(String(data))?.[1];
      if (port !== undefined) resolve(`127.0.0.1:${port}`);
    });
    pack.on("close", () => {
      reject(new Error(`The pack did not start: ${said}`));
    });
  });
}

interface Diagnostic {
  readonly policyname: string;
  readonly message: string;
  readonly enforcementlevel: number;
  readonly urn: string;
}

/** The part of `pulumirpc.Analyzer` (pulumi's `analyzer.proto`) that is asked here; its messages come from the SDK. */
class AnalyzerClient {
  readonly #messages = createRequire(join(projectRoot, "package.json"))(
    "@pulumi/pulumi/proto/analyzer_pb",
  ) as Messages;
  readonly #client: Calls;

  constructor(address: string) {
    const service = createRequire(join(projectRoot, "package.json"))(
      "@pulumi/pulumi/proto/analyzer_grpc_pb",
    ) as {
      AnalyzerClient: new (address: string, credentials: grpc.ChannelCredentials) => Calls;
    };
    this.#client = new service.AnalyzerClient(address, grpc.credentials.createInsecure());
  }

  async policies(): Promise<readonly string[]> {
    const answer = await this.#call("getAnalyzerInfo", new Empty());
    return (answer as { policiesList: readonly { name: string }[] }).policiesList.map(({ name }) => name);
  }

  /** What the engine asks during an update: each resource as it is registered, then all at the end. */
  async judge(resources: StackResources): Promise<readonly Diagnostic[]> {
    const { AnalyzeRequest, AnalyzerResource, AnalyzerResourceOptions, AnalyzeStackRequest } = this.#messages;
    const found: Diagnostic[] = [];
    const all = new AnalyzeStackRequest();
    for (const resource of resources.resources) {
      const options = new AnalyzerResourceOptions();
      options.setProtect(resource.protect);
      options.setIgnorechangesList([...resource.ignoreChanges]);
      const { parent } = resource;
      options.setParent(
        parent === undefined
          ? `urn:pulumi:${resources.stack}::team-runtime::pulumi:pulumi:Stack::team-runtime-${resources.stack}`
          : `urn:pulumi:${resources.stack}::team-runtime::${types.devServer}::${parent}`,
      );
      const request = new AnalyzeRequest();
      const last = new AnalyzerResource();
      for (const message of [request, last]) {
        message.setType(resource.type);
        message.setName(resource.name);
        message.setUrn(urnOf(resource, resources));
        message.setOptions(options);
        message.setProperties(
          Struct.fromJavaScript(wire(resource.inputs) as Record<string, JavaScriptValue>),
        );
      }
      all.addResources(last);
      found.push(...(await this.#diagnostics("analyze", request)));
    }
    return [...found, ...(await this.#diagnostics("analyzeStack", all))];
  }

  async #diagnostics(method: "analyze" | "analyzeStack", request: object): Promise<readonly Diagnostic[]> {
    return ((await this.#call(method, request)) as { diagnosticsList: readonly Diagnostic[] })
      .diagnosticsList;
  }

  #call(method: keyof Calls, request: object): Promise<object> {
    return new Promise((resolve, reject) => {
      this.#client[method](request, (error, answer) => {
        if (error === null) resolve(answer.toObject());
        else reject(error);
      });
    });
  }
}

type Call = (
  request: object,
  callback: (error: Error | null, answer: { toObject(): object }) => void,
) => void;
type Calls = Record<"getAnalyzerInfo" | "analyze" | "analyzeStack", Call>;

interface ResourceMessage {
  setType(type: string): void;
  setName(name: string): void;
  setUrn(urn: string): void;
  setOptions(options: object): void;
  setProperties(properties: Struct): void;
}

interface Messages {
  readonly AnalyzeRequest: new () => ResourceMessage;
  readonly AnalyzerResource: new () => ResourceMessage;
  readonly AnalyzerResourceOptions: new () => {
    setProtect(value: boolean): void;
    setIgnorechangesList(value: string[]): void;
    setParent(urn: string): void;
  };
  readonly AnalyzeStackRequest: new () => { addResources(resource: object): void };
}

/** As the engine sends inputs: secrets and unknown values by the SDK's signatures. */
function wire(value: unknown): unknown {
  if (value instanceof Secret) {
    return {
      "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
      value: wire(value.content),
    };
  }
  if (value === notKnown) return "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
  if (Array.isArray(value)) return value.map(wire);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([name, item]: [string, unknown]) => [name, wire(item)]),
  );
}

const changed = (name: string, type: string, edit: (resource: Resource) => Resource): StackResources => ({
  ...stack,
  resources: stack.resources.map((resource) =>
    resource.name === name && resource.type === type ? edit(resource) : resource,
  ),
});

const withInputs = (resource: Resource, inputs: Readonly<Record<string, unknown>>): Resource => ({
  ...resource,
  inputs: { ...resource.inputs, ...inputs },
});

test("the pack offers every invariant that a pack can judge", async () => {
  const blind = ["connections-are-secret", "credentials-are-secret", "nothing-secret-is-in-the-clear"];
  const judged = invariants.map(({ name }) => name).filter((name) => !blind.includes(name));
  expect(await client.policies()).toEqual(["resources-are-seen", ...judged]);
});

describe("asked as the engine asks", () => {
  test("it finds nothing wrong with the program, nor while values are not known yet", async () => {
    expect(await client.judge(stack)).toEqual([]);
    const early = changed("dev-wes-access", types.command, (resource) =>
      withInputs(resource, { stdin: notKnown, connection: notKnown }),
    );
    expect(await client.judge(early)).toEqual([]);
  });

  test.each<[string, string, string, (resource: Resource) => Resource]>([
    [
      "commands-have-no-triggers",
      "dev-wes-access",
      types.command,
      (resource) => withInputs(resource, { triggers: [1] }),
    ],
    [
      "connections-are-pinned",
      "dev-wes-boot",
      types.command,
      (resource) => {
        const { content } = resource.inputs["connection"] as Secret;
        return withInputs(resource, {
          connection: new Secret({ ...(content as object), hostKey: undefined }),
        });
      },
    ],
    [
      "sudo-gives-agents-only",
      "dev-wes-access",
      types.command,
      (resource) =>
        withInputs(resource, {
          stdin: String(resource.inputs["stdin"]).replace("ALL=(wes-agent) NO", "ALL=(ALL) NO"),
        }),
    ],
    ["servers-are-not-replaced", "dev-wes", types.server, (resource) => ({ ...resource, ignoreChanges: [] })],
    [
      "user-data-keeps-no-secret",
      "dev-wes",
      types.server,
      (resource) => withInputs(resource, { userData: new Secret("passwd: $6$saltsalt$hash") }),
    ],
    [
      "firewall-opens-no-other-port",
      "team",
      types.firewall,
      (resource) =>
        withInputs(resource, {
          rules: [{ direction: "in", protocol: "tcp", port: "80", sourceIps: ["0.0.0.0/0"] }],
        }),
    ],
  ])("it refuses what breaks %s", async (policy, name, type, edit) => {
    const found = await client.judge(changed(name, type, edit));
    const [first] = found.filter(({ policyname }) => policyname === policy);
    expect(first?.message).toMatch(new RegExp(`${name}: .* Fix: `, "s"));
    expect(first?.urn).toContain(`::${name}`);
    expect(first?.enforcementlevel).toBe(1);
    // And not any more when it is mended.
    expect(await client.judge(stack)).toEqual([]);
  });
});

test("the pack's own pins are those of the program, and its lock file is of them", () => {
  const pins = (file: string): Record<string, string> =>
    (JSON.parse(readFileSync(file, "utf8")) as { dependencies: Record<string, string> }).dependencies;
  const own = pins(join(packFolder, "package.json"));
  expect(own["@pulumi/pulumi"]).toBe(pins(join(projectRoot, "package.json"))["@pulumi/pulumi"]);
  for (const version of Object.values(own)) expect(version).toMatch(/^[0-9]+\.[0-9]+\.[0-9]+$/);
  const lock = JSON.parse(readFileSync(join(packFolder, "package-lock.json"), "utf8")) as {
    packages: Record<string, { dependencies?: Record<string, string> }>;
  };
  expect(lock.packages[""]?.dependencies).toEqual(own);
});
