import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { listHetzner, type HetznerItem, type HetznerKind } from "../../cli/hetzner-api";
import { importState, type ImportReach } from "../../cli/import";
import { call, sampleCloud, sampleToken } from "../api/sample-cloud";
import { keyLine } from "../config/sample";

const deployPublicKey = keyLine("deploy").split(" ").slice(0, 2).join(" ");
const label = { "managed-by": "team-runtime" };
const folder = mkdtempSync(join(tmpdir(), "import-"));
const file = join(folder, "team.yaml");
writeFileSync(
  file,
  `defaults: { server: { type: cx22 } }\npeople:\n  wes: { keys: ["${keyLine("wes")}"] }\n  nadia: { keys: ["${keyLine("nadia")}"] }\n`,
);

type Project = Readonly<Record<HetznerKind, readonly HetznerItem[]>>;

const whole: Project = {
  servers: [
    { id: 103, name: "dev-wes", labels: label },
    { id: 104, name: "dev-nadia", labels: label },
  ],
  firewalls: [
    { id: 101, name: "team-runtime-prod", labels: {} },
    { id: 102, name: "team-runtime-dev", labels: {} },
  ],
  ssh_keys: [{ id: 105, name: "whatever", labels: {}, publicKey: `${deployPublicKey} deploy` }],
};

async function importOf(project: Project, knownHosts: readonly string[] = []) {
  const said = { out: "", err: "" };
  const reach: ImportReach = {
    readStack: () =>
      Promise.resolve({
        ok: true,
        stack: {
          stack: "dev",
          hetzner: { endpoint: "http://127.0.0.1:1/v1", token: "secret" },
          deployPublicKey,
        },
      }),
    list: (_access, kind) => Promise.resolve(project[kind]),
  };
  const code = await importState({ file, knownHosts }, reach, {
    print: (text) => {
      said.out += text;
    },
    complain: (text) => {
      said.err += text;
    },
  });
  return { code, ...said };
}

test("takes over the servers, the firewall of this stack, and the deploy key by the key itself", async () => {
  const { code, out, err } = await importOf(whole);
  expect(code).toBe(0);
  const { resources } = JSON.parse(out) as {
    resources: { type: string; id?: string; logicalName?: string }[];
  };
  expect(resources.flatMap(({ id }) => (id === undefined ? [] : [id]))).toEqual(["105", "102", "103", "104"]);
  expect(resources.filter(({ id }) => id === undefined).map(({ logicalName }) => logicalName)).toEqual([
    "dev-wes",
    "dev-nadia",
  ]);
  expect(err).toContain("Nothing was changed.");
  expect(err).not.toContain("secret");
});

test("asks for each host key, or takes it from a known_hosts file", async () => {
  const knownHosts = join(folder, "known_hosts");
  writeFileSync(knownHosts, `# mine\ndev-wes ${deployPublicKey}\ndev-nadia ssh-ed25519 cut\n`);
  const { err } = await importOf(whole, [knownHosts]);
  expect(err).toContain(`'team-runtime:hostKeys.dev-wes' '${deployPublicKey}'`);
  expect(err).toContain(
    "'team-runtime:hostKeys.dev-nadia' 'ssh-ed25519 AAAA…'   # at the provider's console",
  );
});

test("says what is missing, what is a stranger's, and what the team file does not know", async () => {
  const servers = [
    { id: 103, name: "dev-wes", labels: label },
    { id: 104, name: "dev-nadia", labels: {} },
    { id: 106, name: "dev-kim", labels: label },
    { id: 107, name: "www", labels: {} },
  ];
  const { out, err } = await importOf({ servers, firewalls: [], ssh_keys: [] });
  expect(out).toContain("103");
  for (const id of ["104", "106", "107"]) expect(out).not.toContain(id);
  expect(err).toContain("dev-nadia is there without the label managed-by=team-runtime");
  expect(err).toContain("dev-kim is in the project and not in the team file");
  expect(err).toContain("The firewall team-runtime-dev is not in the project");
});

test("the project of somebody else: 2, and nothing to paste", async () => {
  const { code, out, err } = await importOf({ servers: [], firewalls: [], ssh_keys: [] });
  expect([code, out]).toEqual([2, ""]);
  expect(err).toContain("The Hetzner project holds no server of this team. Fix:");
});

test("a known_hosts file that is not there: 2", async () => {
  const { code, err } = await importOf(whole, [join(folder, "missing")]);
  expect([code, err]).toEqual([2, expect.stringContaining("cannot be read (ENOENT)")]);
});

describe("Hetzner's API", () => {
  const endpoint = "http://127.0.0.1:1/v1";

  afterEach(() => {
    vi.unstubAllGlobals();
  });

  test("is asked page by page", async () => {
    const { api } = sampleCloud();
    for (let number = 0; number < 60; number += 1)
      await call(api, "POST", "/firewalls", { name: `firewall-${String(number)}` });
    vi.stubGlobal("fetch", (url: string, init: RequestInit) =>
      api.request(url.replace("http://127.0.0.1:1", ""), init),
    );
    const found = await listHetzner({ endpoint, token: sampleToken }, "firewalls");
    expect(new Set(found.map(({ name }) => name)).size).toBe(60);
    await expect(listHetzner({ endpoint, token: "short" }, "firewalls")).rejects.toThrow(
      "Hetzner refused the API token. Fix: ",
    );
  });

  test("that is not there is a sentence", async () => {
    await expect(listHetzner({ endpoint, token: sampleToken }, "servers")).rejects.toThrow(
      /Hetzner's API at http:\/\/127\.0\.0\.1:1\/v1\/servers.* could not be reached \(.*\)\. Fix: /,
    );
  });

  test("that answers something else is a sentence", async () => {
    vi.stubGlobal("fetch", () => Promise.resolve(Response.json({ hello: 1 })));
    await expect(listHetzner({ endpoint, token: sampleToken }, "servers")).rejects.toThrow(
      "does not have the form",
    );
  });
});
