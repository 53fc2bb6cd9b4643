/** Proves that the stand-ins for hcloud and random do what the official plugins were recorded doing, case by case. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { changeState } from "../../sandbox/api/cloud-store";
import type { LoggedRequest } from "../../sandbox/api/request-log";
import { hcloudProvider } from "../../sandbox/providers/hcloud/hcloud-provider";
import type { Properties, PropertyValue } from "../../sandbox/providers/protocol/property-values";
import { randomProvider } from "../../sandbox/providers/random/random-provider";
import { otherKey, sampleCloud, sampleKey, sampleToken } from "../api/sample-cloud";
import { connectPlugin, type PluginClient } from "./plugin-client";
import { asRecorded, readRecording, sortedSteps, type RecordedState } from "./recordings";
import { SmallStack, type Declared } from "./small-stack";

const cloud = sampleCloud();
let hcloud: PluginClient;
let random: PluginClient;
let stack: SmallStack;

beforeAll(async () => {
  const provider = hcloudProvider(
    {},
    { fetch: (url, init) => Promise.resolve(cloud.api.request(url, init)) },
  );
  hcloud = await connectPlugin(provider);
  random = await connectPlugin(randomProvider);
  await hcloud.configure({ token: sampleToken, endpoint: "http://127.0.0.1/v1" });
  await random.configure({});
  stack = new SmallStack({ hcloud, random });
});
afterAll(() => {
  hcloud.close();
  random.close();
});

const rule = (port: string) => ({ direction: "in", protocol: "tcp", port, sourceIps: ["0.0.0.0/0"] });
const thirdKey = sampleKey.replace("OtThI", "OuThI");

/** Changes of a case from the base program: inputs by resource name, or null for a resource taken out. */
type Changes = Readonly<Record<string, Properties | null>>;

const changes: Readonly<Record<string, () => Changes>> = {
  "server: label changed": () => ({ s: { labels: { a: "2" } } }),
  "server: name changed": () => ({ s: { name: "s-new" } }),
  "server: type changed": () => ({ s: { serverType: "cx32" } }),
  "server: backups on": () => ({ s: { backups: true } }),
  "server: firewallIds changed": () => ({ s: { firewallIds: [numberId("f"), numberId("f2")] } }),
  "server: protections on": () => ({ s: { deleteProtection: true, rebuildProtection: true } }),
  "server: removed while protected": () => ({ s: null }),
  "server: userData changed": () => ({ s: { userData: "#cloud-config\n#\n" } }),
  "server: sshKeys changed": () => ({ s: { sshKeys: [stack.idOf("k2")] } }),
  "server: image changed": () => ({ s: { image: "debian-13" } }),
  "server: location changed": () => ({ s: { location: "nbg1" } }),
  "server: userData, sshKeys, image changed with ignoreChanges": () => ({
    s: { userData: "#cloud-config\n#\n", sshKeys: [stack.idOf("k2")], image: "debian-13" },
  }),
  "sshKey: name changed": () => ({ k: { name: "k-new" } }),
  "sshKey: publicKey changed": () => ({ k2: { publicKey: thirdKey } }),
  "firewall: rule added": () => ({ f: { rules: [rule("22"), rule("2022")] } }),
  "snapshot and volume added": () => withSnapshotAndVolume("before", 10),
  "volume resized, snapshot relabelled": () => withSnapshotAndVolume("after", 20),
  "password length changed": () => ({ p: { length: 24 } }),
  "bytes length changed": () => ({ b: { length: 16 } }),
  "all removed": () => ({ p: null, f: null, f2: null, b: null, k: null, k2: null, s: null }),
};

function withSnapshotAndVolume(description: string, size: number): Changes {
  return {
    sn: { description, serverId: numberId("s") },
    v: { name: "v", size, serverId: numberId("s") },
  };
}

function numberId(name: string): number {
  return Number(stack.idOf(name));
}

const types: Readonly<Record<string, string>> = {
  p: "random:index/randomPassword:RandomPassword",
  b: "random:index/randomBytes:RandomBytes",
  f: "hcloud:index/firewall:Firewall",
  f2: "hcloud:index/firewall:Firewall",
  k: "hcloud:index/sshKey:SshKey",
  k2: "hcloud:index/sshKey:SshKey",
  s: "hcloud:index/server:Server",
  sn: "hcloud:index/snapshot:Snapshot",
  v: "hcloud:index/volume:Volume",
};

/** The ids of what is created in the same run are those of the recording: the API counts in the same way. */
const firstIds = { f: 101, k: "104" };

function programOf(name: string): Declared[] {
  const changed = changes[name]?.() ?? {};
  const base: Readonly<Record<string, Properties>> = {
    p: { length: 20 },
    f: { name: "f", rules: [rule("22")] },
    f2: { name: "f2" },
    b: { length: 32 },
    k2: { name: "k2", publicKey: otherKey },
    k: { name: "k", publicKey: sampleKey },
    s: {
      name: "s",
      serverType: "cx22",
      image: "debian-12",
      location: "fsn1",
      sshKeys: [firstIds.k],
      userData: "#cloud-config\n",
      firewallIds: [firstIds.f],
      labels: { a: "1" },
    },
  };
  const names = [...new Set([...Object.keys(base), ...Object.keys(changed)])].filter(
    (key) => changed[key] !== null,
  );
  return names.map((key) => ({
    type: types[key] ?? "",
    name: key,
    inputs: { ...base[key], ...changed[key] },
    ...(name.endsWith("ignoreChanges") && key === "s"
      ? { ignoreChanges: ["userData", "sshKeys", "image"] }
      : {}),
  }));
}

/** Where the recorded API was laxer than the sandbox's, its memory is changed behind the plugin's back to match. */
const recordedApi: Readonly<Record<string, () => void>> = {
  // It forgot that a firewall had been applied by an action, so that nothing had to be removed.
  "server: protections on": () => {
    changeState(cloud.store, ({ firewalls }) => {
      for (const firewall of firewalls.filter(({ name }) => name === "f2")) {
        firewall.appliedTo = [];
      }
    });
  },
  // It took a second key of the same name.
  "sshKey: publicKey changed": freeKeyName,
  "firewall: rule added": freeKeyName,
};

function freeKeyName(): void {
  changeState(cloud.store, ({ sshKeys }) => {
    for (const sshKey of sshKeys.filter(({ name }) => name === "k2")) {
      sshKey.name = "old";
    }
  });
}

async function apiCalls(): Promise<string[]> {
  const response = await cloud.api.request("/sandbox/requests");
  const { requests } = (await response.json()) as { requests: LoggedRequest[] };
  await cloud.api.request("/sandbox/requests", { method: "DELETE" });
  return requests.map(({ method, path, body }) => `${method} ${path} ${body}`);
}

/** Differences that are the API's, or of no consequence. */
function normalised(state: readonly RecordedState[]): RecordedState[] {
  const blank = ["applyTos", "ipv6Address", "ipv6Network"];
  return state
    .map(({ type = "", id, inputs, outputs }) => ({
      type,
      id: type.includes("randomBytes") ? "(random)" : id,
      inputs,
      outputs: Object.fromEntries(
        Object.entries(outputs).map(([name, value]) => [name, blank.includes(name) ? null : emptied(value)]),
      ),
    }))
    .sort((left, right) => (`${left.type}${left.id}` < `${right.type}${right.id}` ? -1 : 1));
}

/** The official plugin writes an absent rule description as "" after a creation and as null after an update. */
function emptied(value: PropertyValue): PropertyValue {
  return JSON.parse(
    JSON.stringify(value).replaceAll('"description":null', '"description":""'),
  ) as PropertyValue;
}

describe("recorded cases, one after the other", () => {
  test.each(readRecording("hcloud-random.json"))("$case", async (recorded) => {
    const program = programOf(recorded.case);
    const steps = recorded.steps.filter(({ resource }) => !resource.includes("randomId"));
    expect(sortedSteps(await stack.preview(program))).toEqual(sortedSteps(steps));
    expect(await apiCalls()).toEqual([]);
    if (recorded.applied === "no") {
      return;
    }

    recordedApi[recorded.case]?.();
    hcloud.messages.length = 0;
    const failure = await stack.up(program).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    expect(failure === undefined ? "yes" : "failed").toBe(recorded.applied);
    const shown = [...hcloud.messages, ...(failure === undefined ? [] : [`error: ${failure}`])];
    expect(shown.map((message) => message.split("\n")[0] ?? "")).toEqual(recorded.messages ?? []);

    const calls = await apiCalls();
    // With several resources the engine worked on them at once.
    expect(steps.length > 1 ? calls.sort() : calls).toEqual(
      steps.length > 1 ? [...(recorded.apiCalls ?? [])].sort() : (recorded.apiCalls ?? []),
    );
    if (recorded.state !== undefined) {
      expect(normalised(stack.state.map(asRecorded))).toEqual(normalised(recorded.state));
    }
  });
});
