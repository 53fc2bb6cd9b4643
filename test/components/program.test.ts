import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { projectRoot } from "../../config/project-root";
import { recordResources, withoutSecrets, type RecordedResource } from "../support/recorder";

let resources: readonly RecordedResource[];
let outputs: Record<string, unknown>;

/** What the servers and providers would answer, the same in every run. */
const lateOutputs = ({ type, name }: pulumi.runtime.MockResourceArgs): Record<string, unknown> => {
  if (type === "hcloud:index/server:Server") return { ipv4Address: `192.0.2.${String(name.length)}` };
  if (type === "hcloud:index/firewall:Firewall") return { id: "7" };
  if (type === "random:index/randomBytes:RandomBytes")
    return { base64: Buffer.alloc(32, 7).toString("base64") };
  if (type === "random:index/randomPassword:RandomPassword") return { bcryptHash: "$2a$10$hash" };
  const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHkuuPfpYUzdyEEcN/wY6OobnKaZSCt/pFA5HwLoaE4a";
  if (name.endsWith("-identity")) return { stdout: key };
  if (name.endsWith("-hop")) return { stdout: `${key} marcus@dev-marcus` };
  return {};
};

beforeAll(async () => {
  const { config } = parse(readFileSync(join(projectRoot, "Pulumi.dev.yaml"), "utf8")) as {
    config: Record<string, string | boolean>;
  };
  process.env["HCLOUD_ENDPOINT"] = "http://127.0.0.1:1/v1";
  pulumi.runtime.setAllConfig(
    Object.fromEntries(Object.entries(config).map(([key, value]) => [key, String(value)])),
  );
  const recorded = await recordResources("dev", lateOutputs);
  const started = performance.now();
  const { default: program } = await import("../../index.js");
  outputs = await program();
  await pulumi.runtime.disconnect();
  process.stdout.write(
    `figure: the program with the dev team, in mocks: ${(performance.now() - started).toFixed(0)} ms\n`,
  );
  resources = recorded();
});

/** Proves what a reviewer of the code sees before any preview: every resource of the dev stack, readable as access facts. */
test("the dev stack is what test/expected/dev.json says", async () => {
  const dump = resources
    .filter(({ type }) => !type.startsWith("pulumi:pulumi:"))
    .map(readable)
    .sort((one, other) =>
      `${one.parent ?? ""}/${one.name}/${one.type}` < `${other.parent ?? ""}/${other.name}/${other.type}`
        ? -1
        : 1,
    );
  await expect(`${JSON.stringify(dump, null, 2)}\n`).toMatchFileSnapshot("../expected/dev.json");
});

test("the stack exports who has which uid and how to reach the servers", () => {
  expect(Object.keys(outputs)).toEqual(["roster", "servers"]);
});

describe("what must never change", () => {
  const commands = (): readonly RecordedResource[] =>
    resources.filter(({ type }) => type === "command:remote:Command");
  const secretMarks = /PRIVATE KEY|\$2a\$/;

  test.each<[string, (command: RecordedResource) => void]>([
    [
      "lives and dies with its server",
      ({ name, deletedWith }) => {
        expect(name.startsWith(deletedWith ?? "?")).toBe(true);
      },
    ],
    [
      "has no triggers, which would replace it",
      ({ inputs }) => {
        expect(inputs).not.toHaveProperty("triggers");
      },
    ],
    [
      "is not kept when it goes",
      ({ retainOnDelete }) => {
        expect(retainOnDelete).toBe(false);
      },
    ],
    [
      "does not ask sshd for environment variables",
      ({ inputs }) => {
        expect(inputs).toMatchObject({ addPreviousOutputInEnv: false });
        expect(inputs).not.toHaveProperty("environment");
      },
    ],
    [
      "has a secret connection",
      ({ inputs }) => {
        expect(withoutSecrets(inputs["connection"])).toBe("[secret]");
      },
    ],
    [
      "runs a constant program of the host software",
      ({ inputs }) => {
        expect(inputs["create"]).toMatch(/^sudo \/usr\/local\/lib\/team-runtime\/[a-z-]+$/);
        expect(inputs).not.toHaveProperty("update");
      },
    ],
    [
      "carries no secret in the clear",
      ({ inputs }) => {
        expect(JSON.stringify(withoutSecrets(inputs))).not.toMatch(secretMarks);
      },
    ],
  ])("every Command %s", (_rule, holds) => {
    expect(commands().length).toBeGreaterThan(9);
    for (const command of commands()) holds(command);
  });

  test("an access Command has no deletion: revoking is an update", () => {
    for (const { name, inputs } of commands())
      if (name.endsWith("-access")) expect(inputs).not.toHaveProperty("delete");
  });

  test("a running server is never replaced by an edit", () => {
    const servers = resources.filter(({ type }) => type === "hcloud:index/server:Server");
    expect(servers).toHaveLength(3);
    for (const { ignoreChanges, inputs } of servers) {
      expect(ignoreChanges).toEqual(expect.arrayContaining(["userData", "image", "sshKeys", "location"]));
      expect(withoutSecrets(inputs["userData"])).toBe("[secret]");
    }
  });

  test("every child's name starts with its server's", () => {
    for (const { name, parent } of resources) {
      if (parent !== undefined && parent !== "" && parent !== "team-runtime-dev")
        expect(name.startsWith(parent)).toBe(true);
    }
  });
});

function readable(resource: RecordedResource): RecordedResource {
  const inputs = withoutSecrets(resource.inputs) as Record<string, unknown>;
  const { stdin } = inputs;
  const shown =
    typeof stdin === "string" && stdin.startsWith("{")
      ? { ...inputs, stdin: JSON.parse(stdin) as unknown }
      : inputs;
  return { ...resource, inputs: withoutVersions(shown) };
}

/** The host software changes often and is reviewed as itself. */
function withoutVersions(inputs: Record<string, unknown>): Record<string, unknown> {
  return "hostSoftware" in inputs ? { ...inputs, hostSoftware: "[version]" } : inputs;
}
