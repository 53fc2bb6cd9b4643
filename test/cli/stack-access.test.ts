import { describe, expect, test } from "vitest";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { parseStackAccess } from "../../cli/stack-access";
import { projectRoot } from "../../config/project-root";

const settings = parse(readFileSync(join(projectRoot, "Pulumi.dev.yaml"), "utf8")) as {
  readonly config: Readonly<Record<string, string>>;
};
const deployKey = settings.config["team-runtime:deployKey"] ?? "";
const servers = { "dev-marcus": { address: "192.0.2.13", hostKey: "ssh-ed25519 AAAA" } };

function state(outputs: Readonly<Record<string, unknown>>): string {
  const type = "pulumi:pulumi:Stack";
  const urn = `urn:pulumi:dev::team-runtime::${type}::team-runtime-dev`;
  const hop =
    "urn:pulumi:dev::team-runtime::team-runtime:index:DevServer$command:remote:Command::dev-marcus-hop";
  const printed = { stdout: "ssh-ed25519 BBBB marcus@dev-marcus" };
  const rules = [{ protocol: "icmp" }, { protocol: "tcp", port: "22", sourceIps: ["192.0.2.0/24"] }];
  const resources = [
    { urn, type, outputs },
    { urn: hop, type: "command:remote:Command", outputs: printed },
    { urn: "", type: "hcloud:index/firewall:Firewall", outputs: { rules } },
  ];
  return JSON.stringify({ version: 3, deployment: { resources } });
}

describe("a stack", () => {
  test("says where its servers are, the hop keys of its leads, who may come, and the deploy key", () => {
    const reading = parseStackAccess(state({ servers }), deployKey);
    if (!reading.ok) throw new Error(reading.sentence);
    expect([...reading.stack.servers]).toEqual(Object.entries(servers));
    expect([...reading.stack.hopKeys]).toEqual([["dev-marcus", "ssh-ed25519 BBBB marcus@dev-marcus"]]);
    expect(reading.stack.sshFrom).toEqual(["192.0.2.0/24"]);
    expect(reading.stack.deployKey.publicKey).toMatch(/^ssh-ed25519 AAAA\S+$/);
  });

  test.each([
    ["without outputs", state({}), deployKey],
    ["that is not JSON", "error: no stack", deployKey],
    ["without a usable deploy key", state({ servers }), "changeme"],
  ])("%s is a sentence with a remedy", (_what, text, key) => {
    expect(parseStackAccess(text, key)).toEqual({
      ok: false,
      sentence: expect.stringContaining("Fix: ") as string,
    });
  });

  test("never shows a damaged private key", () => {
    const damaged = "-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n-----END OPENSSH PRIVATE KEY-----";
    expect(JSON.stringify(parseStackAccess(state({ servers }), damaged))).not.toContain("c2VjcmV0");
  });
});
