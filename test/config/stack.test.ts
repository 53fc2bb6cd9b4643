import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeAll, expect, test } from "vitest";
import { projectRoot } from "../../config/project-root";
import { loadStackSettings, StackSettingsError } from "../../config/stack";

const deployKey = readFileSync(join(projectRoot, "sandbox", "laptops", "deploy"), "utf8");

beforeAll(async () => {
  await pulumi.runtime.setMocks(
    { newResource: ({ name }) => ({ id: name, state: {} }), call: () => ({}) },
    "team-runtime",
    "dev",
  );
});
const environment = { ...process.env };
afterEach(() => {
  process.env = { ...environment };
});

test("settings come from the stack's configuration, and the private key is a secret", async () => {
  pulumi.runtime.setAllConfig({
    "hcloud:token": "sandbox-".repeat(8),
    "hcloud:endpoint": "http://127.77.1.1:7780/v1",
    "team-runtime:deployKey": deployKey,
    "team-runtime:protection": "false",
    "team-runtime:sshFrom": '["127.0.0.0/8"]',
  });
  const { deployKey: pair, ...settings } = loadStackSettings();
  expect(settings).toEqual({
    ...{ isSandbox: true, teamFile: "team.dev.yaml", location: "fsn1", protection: false },
    ...{ sshFrom: ["127.0.0.0/8"], sshWait: 480, hostKeys: {}, gitTokens: new Map(), forget: [] },
  });
  expect(pair.publicKey).toMatch(/^ssh-ed25519 AAAA\S+$/);
  expect(await pulumi.isSecret(pair.privateKey)).toBe(true);
});

test("token and endpoint may come from the environment", () => {
  pulumi.runtime.setAllConfig({ "team-runtime:deployKey": deployKey });
  process.env["HCLOUD_TOKEN"] = "sandbox-".repeat(8);
  process.env["HCLOUD_ENDPOINT"] = "http://127.77.1.1:7780/v1";
  expect(loadStackSettings().isSandbox).toBe(true);
});

test("what cannot be used is one error with every problem on a line of its own", () => {
  pulumi.runtime.setAllConfig({ "team-runtime:sshWait": "soon" });
  delete process.env["HCLOUD_TOKEN"];
  delete process.env["HCLOUD_ENDPOINT"];
  expect(loadStackSettings).toThrow(StackSettingsError);
  expect(loadStackSettings).toThrow(
    /^hcloud:token: The API token is missing\. Fix: .*\nteam-runtime:deployKey: The deploy key is empty or a placeholder\. Fix: .*\nteam-runtime:sshWait: "soon" is not a number of seconds from 10 to 540\. Fix: .*$/,
  );
});
