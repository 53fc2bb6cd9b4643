import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { projectRoot } from "../../config/project-root";
import { Secret, type StackResources } from "../../invariants/resource";
import { recordResources, secretContent, type RecordedResource } from "./recorder";

/** The program as it registered a whole stack with mocks for an engine. */
export interface RecordedProgram {
  readonly resources: readonly RecordedResource[];
  /** The same as the invariants see it, secrets open. */
  readonly stack: StackResources;
  readonly outputs: Readonly<Record<string, unknown>>;
  /** How long the program itself took. */
  readonly milliseconds: number;
}

/** What the servers and providers would answer, the same in every run. */
const lateOutputs = ({ type, name }: pulumi.runtime.MockResourceArgs): Record<string, unknown> => {
  if (type === "hcloud:index/server:Server") return { ipv4Address: `192.0.2.${String(name.length)}` };
  if (type === "hcloud:index/firewall:Firewall") return { id: "7" };
  if (type === "random:index/randomBytes:RandomBytes")
    return { base64: Buffer.alloc(32, 7).toString("base64") };
  if (type === "random:index/randomPassword:RandomPassword") return { bcryptHash: "$2a$10$hash" };
  const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHkuuPfpYUzdyEEcN/wY6OobnKaZSCt/pFA5HwLoaE4a";
  if (name.endsWith("-identity")) return { stdout: key };
  if (name.endsWith("-hop")) return { stdout: `${key} ${name.replace(/^dev-|-hop$/g, "")}@dev` };
  if (name.endsWith("-credentials"))
    return { stdout: `{"wes-agent": {"github.com": "${key} wes-agent@dev-wes 2026-11-01"}}` };
  return {};
};

/** The settings of the committed stack `dev`. */
export function developmentSettings(): Readonly<Record<string, string>> {
  const { config } = parse(readFileSync(join(projectRoot, "Pulumi.dev.yaml"), "utf8")) as {
    config: Record<string, string | boolean>;
  };
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key, String(value)]));
}

/** Runs the program for a stack with these settings. Once per test file, because the SDK keeps one engine per process. */
export async function recordProgram(
  stack: string,
  settings: Readonly<Record<string, string>>,
): Promise<RecordedProgram> {
  process.env["HCLOUD_ENDPOINT"] = "http://127.0.0.1:1/v1";
  pulumi.runtime.setAllConfig({ ...settings });
  const recorded = await recordResources(stack, lateOutputs);
  const started = performance.now();
  const { default: program } = await import("../../index.js");
  const outputs = await program();
  await pulumi.runtime.disconnect();
  const milliseconds = performance.now() - started;
  const resources = recorded().filter(({ type }) => !type.startsWith("pulumi:pulumi:"));
  return { resources, stack: { stack, resources: resources.map(withSecrets) }, outputs, milliseconds };
}

function withSecrets(resource: RecordedResource): StackResources["resources"][number] {
  const { type, name, parent, protect, retainOnDelete, deletedWith, ignoreChanges } = resource;
  return {
    ...{ type, name, protect, retainOnDelete, deletedWith, ignoreChanges },
    ...(parent === undefined || parent.startsWith("team-runtime-") ? {} : { parent }),
    inputs: Object.fromEntries(
      Object.entries(resource.inputs).map(([input, value]) => {
        const content = secretContent(value);
        return [input, content === undefined ? value : new Secret(content)];
      }),
    ),
  };
}
