/** Proves the random stand-in beyond the recordings: what it makes, what it refuses, and that values stay. */
import { afterAll, beforeAll, expect, test } from "vitest";

import { unknownValue, type Properties } from "../../sandbox/providers/protocol/property-values";
import { randomProvider } from "../../sandbox/providers/random/random-provider";
import { connectPlugin, type PluginClient } from "./plugin-client";

const passwordUrn = "urn:pulumi:dev::team-runtime::random:index/randomPassword:RandomPassword::console";
const bytesUrn = "urn:pulumi:dev::team-runtime::random:index/randomBytes:RandomBytes::seed";

let plugin: PluginClient;
beforeAll(async () => {
  plugin = await connectPlugin(randomProvider);
  await plugin.configure({});
});
afterAll(() => {
  plugin.close();
});

async function password(inputs: Properties): Promise<unknown> {
  return (await plugin.create(passwordUrn, inputs)).outputs["result"];
}

test.each([
  [{ length: 32, special: false }, /^[a-zA-Z0-9]{32}$/],
  [{ length: 8, special: false, upper: false, numeric: false }, /^[a-z]{8}$/],
  [{ length: 6, minNumeric: 6 }, /^[0-9]{6}$/],
  [{ length: 40, lower: false, upper: false, numeric: false, overrideSpecial: "_-" }, /^[_-]{40}$/],
])("a password from %j", async (inputs, shape) => {
  expect(await password(inputs)).toMatch(shape);
});

test("no two passwords are the same", async () => {
  expect(await password({ length: 20 })).not.toBe(await password({ length: 20 }));
});

test.each([
  [{ length: 3, minLower: 4 }],
  [{ length: 8, lower: false, upper: false, numeric: false, special: false }],
])("no password from %j", async (inputs) => {
  await expect(password(inputs)).rejects.toThrow("no password has the wanted length and characters");
});

test("bytes are as many as asked for, in both spellings", async () => {
  const { id, outputs } = await plugin.create(bytesUrn, { length: 32 });
  const bytes = Buffer.from(id, "base64");
  expect(bytes).toHaveLength(32);
  expect(outputs["hex"]).toBe(bytes.toString("hex"));
  expect(id).toBe(outputs["base64"]);
});

test("a preview makes nothing", async () => {
  const { outputs } = await plugin.create(bytesUrn, { length: 32 }, true);
  expect(outputs).toEqual({ length: 32, base64: unknownValue, hex: unknownValue });
});

test("state of the official plugin shows no change", async () => {
  const inputs = { __defaults: [], length: 20 };
  const { outputs } = await plugin.create(passwordUrn, { length: 20 });
  const old = { inputs, outputs: { ...outputs, overrideSpecial: null } };
  expect(await plugin.diff(passwordUrn, old, { length: 20 })).toMatchObject({ changed: [], replaces: [] });
});

test("a changed keeper replaces", async () => {
  const inputs = { length: 4, keepers: { image: "1" } };
  const { outputs } = await plugin.create(bytesUrn, inputs);
  const diff = await plugin.diff(bytesUrn, { inputs, outputs }, { length: 4, keepers: { image: "2" } });
  expect(diff).toMatchObject({ changed: ["keepers"], replaces: ["keepers"], detailed: undefined });
});

test("an input that it does not know is refused by name", async () => {
  expect(await plugin.check(bytesUrn, { length: 4, prefix: "x" })).toEqual([
    expect.stringContaining("'prefix'"),
  ]);
});

test("read and delete leave everything as it is", async () => {
  const { id, outputs } = await plugin.create(bytesUrn, { length: 4 });
  expect(await plugin.read(bytesUrn, id, { length: 4 }, outputs)).toEqual({
    id,
    inputs: { length: 4 },
    outputs,
  });
  await expect(plugin.delete(bytesUrn, id, outputs)).resolves.toBeUndefined();
});
