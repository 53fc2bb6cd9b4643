/** Proves what the hcloud stand-in does when something is wrong: with the program, the token, or the API. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { changeState } from "../../sandbox/api/cloud-store";
import { hcloudProvider } from "../../sandbox/providers/hcloud/hcloud-provider";
import { unknownValue } from "../../sandbox/providers/protocol/property-values";
import { call, sampleCloud, sampleKey, sampleToken, type SampleCloud } from "../api/sample-cloud";
import { connectPlugin, type PluginClient } from "./plugin-client";

const server = { name: "dev-wes", serverType: "cx22", image: "debian-12", location: "fsn1" };
const serverUrn = "urn:pulumi:dev::team-runtime::hcloud:index/server:Server::dev-wes";
const keyUrn = "urn:pulumi:dev::team-runtime::hcloud:index/sshKey:SshKey::deploy";

let cloud: SampleCloud;
let plugin: PluginClient;

beforeEach(async () => {
  cloud = sampleCloud();
  const fetchFromApi = (url: string, init: RequestInit) => Promise.resolve(cloud.api.request(url, init));
  plugin = await connectPlugin(hcloudProvider({}, { fetch: fetchFromApi, retryDelay: 1, pollInterval: 1 }));
  await plugin.configure({ token: sampleToken, endpoint: "http://127.0.0.1/v1" });
});
afterEach(() => {
  plugin.close();
});

async function requestCount(): Promise<number> {
  const answer = (await (await cloud.api.request("/sandbox/requests")).json()) as { requests: unknown[] };
  return answer.requests.length;
}

async function fault(body: object): Promise<void> {
  await cloud.api.request("/sandbox/faults", { method: "POST", body: JSON.stringify(body) });
}

describe("configuration", () => {
  test.each([
    ["no token", {}, {}, "Provider is missing a required configuration key"],
    [
      "a short token",
      { token: "short" },
      {},
      "entered token is invalid (must be exactly 64 characters long)",
    ],
    ["a short HCLOUD_TOKEN", {}, { HCLOUD_TOKEN: "short" }, "entered token is invalid"],
    ["an option that it does not know", { token: sampleToken, pollInterval: "1s" }, {}, "'pollInterval'"],
  ])("%s is refused", async (_, configuration, environment, reason) => {
    const other = await connectPlugin(hcloudProvider(environment));
    const refusals = await other.checkConfiguration(configuration);
    other.close();
    expect(refusals).toEqual([expect.stringContaining(reason)]);
  });

  test.each([
    ["from the stack", { token: sampleToken, endpoint: "http://127.77.1.1:7780/v1" }, {}],
    ["from the environment", {}, { HCLOUD_TOKEN: sampleToken, HCLOUD_ENDPOINT: "http://127.77.1.1:7780/v1" }],
  ])("a token %s is taken", async (_, configuration, environment) => {
    const other = await connectPlugin(hcloudProvider(environment));
    expect(await other.checkConfiguration(configuration)).toEqual([]);
    other.close();
  });

  test("the version is the official plugin's", async () => {
    expect(await plugin.version()).toBe("1.35.0");
  });
});

describe("inputs", () => {
  test.each([
    ["publicNets", { ...server, publicNets: [] }],
    ["datacenter", { ...server, datacenter: "fsn1-dc14" }],
    ["colour", { ...server, colour: "red" }],
  ])("%s, which the stand-in does not know, is refused by name", async (name, inputs) => {
    expect(await plugin.check(serverUrn, inputs)).toEqual([
      expect.stringContaining(`does not know the property '${name}'`),
    ]);
  });

  test("a missing one is named", async () => {
    expect(await plugin.check(keyUrn, { name: "deploy" })).toEqual([
      "The required property 'publicKey' is missing.",
    ]);
  });

  test("in a firewall rule are looked at too", async () => {
    const urn = "urn:pulumi:dev::team-runtime::hcloud:index/firewall:Firewall::f";
    const rules = [{ direction: "in", protocol: "tcp", port: "22", sourceIps: ["::/0"], log: true }];
    expect(await plugin.check(urn, { name: "f", rules })).toEqual([
      expect.stringContaining("'rules[0].log'"),
    ]);
  });

  test("all known ones are taken, and null counts as absent", async () => {
    expect(await plugin.check(serverUrn, { ...server, backups: true, iso: null })).toEqual([]);
  });

  test("an unknown resource type is refused by name", async () => {
    const urn = "urn:pulumi:dev::team-runtime::hcloud:index/loadBalancer:LoadBalancer::lb";
    await expect(plugin.check(urn, {})).rejects.toThrow("hcloud:index/loadBalancer:LoadBalancer");
  });
});

describe("previews", () => {
  test("of a creation know what the inputs tell, and make no call", async () => {
    const { outputs } = await plugin.create(serverUrn, server, true);
    expect(outputs).toMatchObject({
      name: "dev-wes",
      ipv4Address: unknownValue,
      id: unknownValue,
      backups: false,
    });
    expect(await requestCount()).toBe(0);
  });

  test("of an update keep the address", async () => {
    const created = await plugin.create(serverUrn, server);
    const before = await requestCount();
    const outputs = await plugin.update(
      serverUrn,
      { ...created, inputs: server },
      { ...server, labels: { a: "1" } },
      true,
    );
    expect(outputs).toMatchObject({ ipv4Address: "127.77.9.11", labels: { a: "1" } });
    expect(await requestCount()).toBe(before);
  });

  test("of a replacement delete first where the name stays, since names are unique", async () => {
    const { outputs } = await plugin.create(serverUrn, server);
    const diff = (inputs: typeof server) => plugin.diff(serverUrn, { inputs: server, outputs }, inputs);
    expect((await diff({ ...server, location: "hel1" })).deleteBeforeReplace).toBe(true);
    expect((await diff({ ...server, location: "hel1", name: "other" })).deleteBeforeReplace).toBe(false);
  });
});

describe("API errors", () => {
  test.each([
    ["429", { status: 429, code: "rate_limit_exceeded" }],
    ["a conflict", { status: 409, code: "conflict" }],
    ["502", { status: 502 }],
    ["504", { status: 504 }],
  ])("%s is tried again until it works", async (_, answer) => {
    await fault({ method: "POST", path: "/v1/ssh_keys", count: 3, ...answer });
    const created = await plugin.create(keyUrn, { name: "deploy", publicKey: sampleKey });
    expect(created.id).toBe("101");
    expect(await requestCount()).toBe(4);
  });

  test("429 for ever is given up after five retries", async () => {
    await fault({
      method: "POST",
      path: "/v1/ssh_keys",
      count: 99,
      status: 429,
      code: "rate_limit_exceeded",
    });
    await expect(plugin.create(keyUrn, { name: "deploy", publicKey: sampleKey })).rejects.toThrow(
      `creating ${keyUrn}: 1 error occurred:\n\t* fault asked for by a test (rate_limit_exceeded)`,
    );
    expect(await requestCount()).toBe(6);
  });

  test.each([
    ["resource_unavailable", 412],
    ["locked", 423],
    ["server_error", 500],
  ])("%s is not tried again", async (code, status) => {
    await fault({ method: "POST", path: "/v1/servers", count: 9, status, code });
    await expect(plugin.create(serverUrn, server)).rejects.toThrow(`(${code})`);
    expect(cloud.driver.started).toEqual([]);
  });

  test("a used name is the API's uniqueness_error", async () => {
    await plugin.create(serverUrn, server);
    await expect(plugin.create(serverUrn, server)).rejects.toThrow(
      "server name is already used (uniqueness_error)",
    );
    expect(plugin.messages).toEqual([
      "error:  server name is already used (uniqueness_error): provider=hcloud@1.35.0",
    ]);
  });

  test("a server that was made, but not finished, is recorded with its id", async () => {
    await fault({
      method: "POST",
      path: "/v1/servers/*/actions/change_protection",
      status: 500,
      code: "server_error",
    });
    const failure = await plugin
      .create(serverUrn, { ...server, deleteProtection: true })
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ message: expect.stringContaining("server_error") as unknown });
    const { metadata } = failure as { metadata: { get(name: string): Buffer[] } };
    const details = metadata.get("grpc-status-details-bin")[0]?.toString("latin1");
    expect(details).toContain("pulumirpc.ErrorResourceInitFailed");
    expect(details).toContain("127.77.9.11");
  });

  test("an API that is not there is named", async () => {
    const lost = hcloudProvider(
      {},
      {
        fetch: () =>
          Promise.reject(new TypeError("fetch failed", { cause: new Error("connect ECONNREFUSED") })),
      },
    );
    const other = await connectPlugin(lost);
    await other.configure({ token: sampleToken, endpoint: "http://127.77.1.1:7780/v1" });
    await expect(other.create(keyUrn, { name: "deploy", publicKey: sampleKey })).rejects.toThrow(
      "POST http://127.77.1.1:7780/v1/ssh_keys: connect ECONNREFUSED",
    );
    other.close();
  });
});

describe("what vanished outside Pulumi", () => {
  test("fails an update with the way out, is found out by a refresh, and may be deleted or not", async () => {
    const created = await plugin.create(serverUrn, server);
    const key = await plugin.create(keyUrn, { name: "deploy", publicKey: sampleKey });
    changeState(cloud.store, (state) => {
      state.servers = [];
      state.sshKeys = [];
    });
    const update = plugin.update(serverUrn, { ...created, inputs: server }, { ...server, name: "new" });
    await expect(update).rejects.toThrow("running `pulumi refresh` before updating");
    expect(await plugin.read(serverUrn, created.id, server, created.outputs)).toMatchObject({ id: "" });
    await expect(plugin.delete(serverUrn, created.id, created.outputs)).rejects.toThrow("(not_found)");
    await expect(plugin.delete(keyUrn, key.id, key.outputs)).resolves.toBeUndefined();
  });
});

describe("reading", () => {
  test("after a change outside Pulumi shows the change, and keeps the inputs that cannot be read", async () => {
    const inputs = { ...server, userData: "#cloud-config\n", labels: { a: "1" } };
    const created = await plugin.create(serverUrn, inputs);
    await call(cloud.api, "PUT", `/servers/${created.id}`, { labels: { a: "2" } });
    const found = await plugin.read(serverUrn, created.id, inputs, created.outputs);
    expect(found).toMatchObject({
      id: created.id,
      inputs: { userData: "#cloud-config\n", labels: { a: "2" } },
      outputs: { labels: { a: "2" }, userData: "wK9leoEi2xH7hUH5D+q3hxwsPXE=" },
    });
    const diff = await plugin.diff(serverUrn, { inputs: found.inputs, outputs: found.outputs }, inputs);
    expect(diff.detailed).toEqual({ "labels.a": "update" });
  });

  test("imports by id alone", async () => {
    const { id } = await plugin.create(keyUrn, { name: "deploy", publicKey: sampleKey });
    expect(await plugin.read(keyUrn, id, {}, {})).toMatchObject({
      id,
      inputs: { name: "deploy", publicKey: sampleKey },
      outputs: { fingerprint: "83:c1:b9:ba:db:a6:05:df:f6:67:73:79:a3:8c:fe:ec" },
    });
    expect(await plugin.read(keyUrn, "999", {}, {})).toMatchObject({ id: "" });
  });
});
