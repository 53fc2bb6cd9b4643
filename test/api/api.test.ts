/** Proves the local Hetzner Cloud API: what clients are answered, and what machines are told to do. */
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { emptyCloudState } from "../../sandbox/api/cloud-state";
import { changeState, jsonFileStore } from "../../sandbox/api/cloud-store";
import { createApi } from "../../sandbox/api/create-api";
import { parseSelector } from "../../sandbox/api/list";
import { runningMachines } from "../../sandbox/api/machines";
import { call, NotingDriver, otherKey, sampleCloud, sampleKey, sampleToken } from "./sample-cloud";

const server = { name: "dev-wes", server_type: "cx22", image: "debian-12", location: "fsn1" };

function error(code: string, message?: string) {
  return {
    error: expect.objectContaining({ code, ...(message === undefined ? {} : { message }) }) as unknown,
  };
}

describe("who is let in", () => {
  test.each([
    ["no token", {}],
    ["a short token", { Authorization: "Bearer short" }],
    ["a token that is too long", { Authorization: `Bearer ${sampleToken}t` }],
    ["another scheme", { Authorization: `Basic ${sampleToken}` }],
  ])("refuses %s", async (_, headers) => {
    const response = await sampleCloud().api.request("/v1/servers", { headers });
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual(error("unauthorized", "unable to authenticate"));
  });

  test("lets in a token of 64 characters", async () => {
    expect((await call(sampleCloud().api, "GET", "/servers")).status).toBe(200);
  });

  test("answers not_found for what it does not offer", async () => {
    expect(await call(sampleCloud().api, "GET", "/load_balancers")).toEqual({
      status: 404,
      body: error("not_found"),
    });
  });
});

describe("catalogue", () => {
  test.each([
    [
      "/server_types?name=cx22",
      { server_types: [expect.objectContaining({ name: "cx22", architecture: "x86" })] },
    ],
    ["/server_types?name=huge", { server_types: [] }],
    [
      "/locations?name=hel1",
      { locations: [expect.objectContaining({ name: "hel1", network_zone: "eu-central" })] },
    ],
    [
      "/images?name=debian-12&architecture=x86",
      { images: [expect.objectContaining({ id: 12, type: "system" })] },
    ],
    ["/images?name=debian-12&architecture=arm", { images: [] }],
  ])("%s", async (path, expected) => {
    expect((await call(sampleCloud().api, "GET", path)).body).toMatchObject(expected);
  });
});

describe("lists", () => {
  test("come in pages", async () => {
    const { api } = sampleCloud();
    for (const name of ["a", "b", "c"]) {
      await call(api, "POST", "/placement_groups", { name, type: "spread" });
    }
    const answer = await call(api, "GET", "/placement_groups?per_page=2&page=2");
    expect(answer.body).toMatchObject({
      placement_groups: [{ name: "c" }],
      meta: { pagination: { page: 2, previous_page: 1, next_page: null, last_page: 2, total_entries: 3 } },
    });
  });

  test.each([
    ["team", true],
    ["!team", false],
    ["absent", false],
    ["team=runtime", true],
    ["team==runtime,owner!=wes", false],
    ["owner in (nadia, wes)", true],
    ["owner notin (nadia, wes)", false],
  ])("label selector %s", (selector, expected) => {
    expect(parseSelector(selector)({ team: "runtime", owner: "wes" })).toBe(expected);
  });

  test("refuse a label selector that is none", async () => {
    expect((await call(sampleCloud().api, "GET", "/servers?label_selector=a+b")).body).toEqual(
      error("invalid_input"),
    );
  });
});

describe("SSH keys", () => {
  test("are made, renamed and deleted", async () => {
    const { api } = sampleCloud();
    const made = await call(api, "POST", "/ssh_keys", { name: "deploy", public_key: sampleKey });
    expect(made).toMatchObject({
      status: 201,
      body: { ssh_key: { id: 101, fingerprint: "83:c1:b9:ba:db:a6:05:df:f6:67:73:79:a3:8c:fe:ec" } },
    });
    expect((await call(api, "PUT", "/ssh_keys/101", { name: "new" })).body).toMatchObject({
      ssh_key: { name: "new" },
    });
    expect((await call(api, "DELETE", "/ssh_keys/101")).status).toBe(204);
    expect(await call(api, "GET", "/ssh_keys/101")).toEqual({
      status: 404,
      body: error("not_found", "SSH key with ID '101' not found"),
    });
  });

  test.each([
    ["a used name", { name: "deploy", public_key: otherKey }, "uniqueness_error"],
    ["a used key", { name: "other", public_key: sampleKey }, "uniqueness_error"],
    ["what is no key", { name: "other", public_key: "ssh-ed25519 !" }, "invalid_input"],
    ["an unknown field", { name: "other", public_key: otherKey, colour: "red" }, "invalid_input"],
    ["a bad label", { name: "other", public_key: otherKey, labels: { "-": "x" } }, "invalid_input"],
  ])("refuse %s", async (_, body, code) => {
    const { api } = sampleCloud();
    await call(api, "POST", "/ssh_keys", { name: "deploy", public_key: sampleKey });
    expect((await call(api, "POST", "/ssh_keys", body)).body).toEqual(error(code));
  });
});

describe("servers", () => {
  test("boot a machine with the user_data and keys given", async () => {
    const { api, driver } = sampleCloud();
    await call(api, "POST", "/ssh_keys", { name: "deploy", public_key: sampleKey });
    const made = await call(api, "POST", "/servers", {
      ...server,
      ssh_keys: [101],
      user_data: "#cloud-config\n",
    });
    expect(made).toMatchObject({
      status: 201,
      body: {
        server: { id: 102, status: "running", locked: false, public_net: { ipv4: { ip: "127.77.9.11" } } },
        action: { command: "create_server", status: "success" },
        next_actions: [],
        root_password: null,
      },
    });
    expect(driver.started).toEqual([
      {
        id: 102,
        name: "dev-wes",
        address: "127.77.9.11",
        userData: "#cloud-config\n",
        publicKeys: [sampleKey],
        imageId: 12,
      },
    ]);
  });

  test.each([
    ["a used name", server, "uniqueness_error"],
    ["an unknown type", { ...server, name: "b", server_type: "huge" }, "invalid_input"],
    ["an unknown image", { ...server, name: "b", image: "plan9" }, "invalid_input"],
    ["an unknown location", { ...server, name: "b", location: "moon" }, "invalid_input"],
    ["an unknown key", { ...server, name: "b", ssh_keys: [7] }, "invalid_input"],
    ["an unknown firewall", { ...server, name: "b", firewalls: [{ firewall: 7 }] }, "not_found"],
    ["a name that is no host name", { ...server, name: "b_c" }, "invalid_input"],
    [
      "user_data over 32 KiB",
      { ...server, name: "b", user_data: "x".repeat(32 * 1024 + 1) },
      "invalid_input",
    ],
  ])("refuse %s, and boot nothing", async (_, body, code) => {
    const { api, driver } = sampleCloud();
    await call(api, "POST", "/servers", server);
    expect((await call(api, "POST", "/servers", body)).body).toEqual(error(code));
    expect(driver.started).toHaveLength(1);
  });

  test("are locked while their machine boots, and not after", async () => {
    const { api, driver } = sampleCloud();
    let booted: () => void = () => undefined;
    driver.boot = new Promise((resolve) => {
      booted = resolve;
    });
    const creation = call(api, "POST", "/servers", server);
    await expect.poll(() => driver.started.length).toBe(1);
    expect((await call(api, "GET", "/servers/101")).body).toMatchObject({
      server: { status: "initializing", locked: true },
    });
    expect(await call(api, "DELETE", "/servers/101")).toEqual({ status: 423, body: error("locked") });
    booted();
    expect((await creation).status).toBe(201);
    expect((await call(api, "DELETE", "/servers/101")).status).toBe(200);
  });

  test("that cannot boot are taken back", async () => {
    const { api, driver } = sampleCloud();
    driver.boot = Promise.reject(new Error("no space left on device"));
    const made = await call(api, "POST", "/servers", server);
    expect(made.body).toEqual(
      error("resource_unavailable", "the machine could not be started: no space left on device"),
    );
    expect(driver.calls).toEqual(["start 101", "remove 101"]);
    expect((await call(api, "GET", "/servers")).body).toMatchObject({ servers: [] });
  });

  test("under protection are neither deleted nor rebuilt until it is lifted", async () => {
    const { api, driver } = sampleCloud();
    await call(api, "POST", "/servers", server);
    const protect = (on: boolean) =>
      call(api, "POST", "/servers/101/actions/change_protection", { delete: on, rebuild: on });
    await protect(true);
    expect((await call(api, "DELETE", "/servers/101")).body).toEqual(
      error("protected", "server deletion is protected"),
    );
    expect((await call(api, "POST", "/servers/101/actions/rebuild", { image: "debian-12" })).body).toEqual(
      error("protected", "server rebuild is protected"),
    );
    expect(driver.calls).toEqual(["start 101"]);
    await protect(false);
    expect((await call(api, "DELETE", "/servers/101")).status).toBe(200);
    expect(driver.calls).toEqual(["start 101", "remove 101"]);
  });

  test.each([
    ["poweroff", ["poweroff 101"], "off"],
    ["shutdown", ["shutdown 101"], "off"],
    ["reboot", ["shutdown 101", "start 101"], "running"],
    ["reset", ["poweroff 101", "start 101"], "running"],
    ["poweron", [], "running"],
  ])("%s tells the machine", async (action, calls, status) => {
    const { api, driver } = sampleCloud();
    await call(api, "POST", "/servers", server);
    driver.calls.length = 0;
    expect((await call(api, "POST", `/servers/101/actions/${action}`)).status).toBe(201);
    expect(driver.calls).toEqual(calls);
    expect((await call(api, "GET", "/servers/101")).body).toMatchObject({ server: { status } });
  });

  test("change their type only while off", async () => {
    const { api } = sampleCloud();
    await call(api, "POST", "/servers", server);
    const change = () =>
      call(api, "POST", "/servers/101/actions/change_type", { server_type: "cx32", upgrade_disk: false });
    expect((await change()).body).toEqual(error("server_not_stopped"));
    await call(api, "POST", "/servers/101/actions/poweroff");
    expect((await change()).status).toBe(201);
    expect((await call(api, "GET", "/servers/101")).body).toMatchObject({
      server: { server_type: { name: "cx32" } },
    });
  });

  test("are copied into snapshots, from which others boot", async () => {
    const { api, driver } = sampleCloud();
    await call(api, "POST", "/servers", server);
    const made = await call(api, "POST", "/servers/101/actions/create_image", { description: "before" });
    expect(made.body).toMatchObject({ image: { id: 103, type: "snapshot", created_from: { id: 101 } } });
    await call(api, "POST", "/servers", { ...server, name: "copy", image: 103 });
    expect(driver.started.at(-1)).toMatchObject({ name: "copy", imageId: 103 });
    expect((await call(api, "DELETE", "/images/103")).status).toBe(204);
    expect(driver.calls).toContain("removeImage 103");
    expect((await call(api, "DELETE", "/images/12")).body).toEqual(error("unsupported_error"));
  });

  test("are backed up where backups are on, and a backup goes with its server unless it becomes a snapshot", async () => {
    const { api, driver } = sampleCloud();
    await call(api, "POST", "/servers", server);
    const backUp = () => call(api, "POST", "/servers/101/actions/create_image", { type: "backup" });
    expect((await backUp()).body).toEqual(error("invalid_input"));
    await call(api, "POST", "/servers/101/actions/enable_backup");
    const made = [await backUp(), await backUp(), await backUp()];
    expect(made.map(({ body }) => body)).toMatchObject(
      Array.from({ length: 3 }, () => ({
        image: { type: "backup", bound_to: 101, created_from: { id: 101 } },
      })),
    );
    const [kept = 0, ...lost] = made.map(({ body }) => (body as { image: { id: number } }).image.id);
    await call(api, "PUT", `/images/${kept}`, { type: "snapshot" });
    await call(api, "DELETE", "/servers/101");
    const { body } = await call(api, "GET", `/images/${kept}`);
    expect(body).toMatchObject({ image: { type: "snapshot", bound_to: null, created_from: { id: 101 } } });
    for (const id of lost) {
      expect((await call(api, "GET", `/images/${id}`)).status).toBe(404);
      expect(driver.calls).toContain(`removeImage ${id}`);
    }
  });

  test("lose their backups when these are switched off", async () => {
    const { api } = sampleCloud();
    await call(api, "POST", "/servers", server);
    await call(api, "POST", "/servers/101/actions/enable_backup");
    await call(api, "POST", "/servers/101/actions/create_image", { type: "backup" });
    await call(api, "POST", "/servers/101/actions/disable_backup");
    expect((await call(api, "GET", "/images?type=backup")).body).toMatchObject({ images: [] });
  });

  test("get an address that no other has", async () => {
    const { api } = sampleCloud();
    await call(api, "POST", "/primary_ips", { name: "fixed", type: "ipv4", assignee_type: "server" });
    await call(api, "POST", "/servers", server);
    await call(api, "POST", "/servers", { ...server, name: "b", public_net: { ipv4: 101 } });
    const { body } = await call(api, "GET", "/servers");
    expect(body).toMatchObject({
      servers: [
        { public_net: { ipv4: { ip: "127.77.9.12" } } },
        { public_net: { ipv4: { id: 101, ip: "127.77.9.11" } } },
      ],
    });
    expect((await call(api, "DELETE", "/primary_ips/101")).body).toEqual(error("resource_in_use"));
  });
});

describe("firewalls", () => {
  test("cannot be deleted while applied, and are released with their server", async () => {
    const { api } = sampleCloud();
    await call(api, "POST", "/firewalls", { name: "f" });
    await call(api, "POST", "/servers", { ...server, firewalls: [{ firewall: 101 }] });
    expect((await call(api, "DELETE", "/firewalls/101")).body).toEqual(error("resource_in_use"));
    const resources = [{ type: "server", server: { id: 102 } }];
    const again = await call(api, "POST", "/firewalls/101/actions/apply_to_resources", {
      apply_to: resources,
    });
    expect(again.body).toEqual(error("firewall_already_applied"));
    await call(api, "DELETE", "/servers/102");
    expect((await call(api, "DELETE", "/firewalls/101")).status).toBe(204);
  });

  test.each([
    ["tcp without a port", { direction: "in", protocol: "tcp", source_ips: ["0.0.0.0/0"] }],
    ["icmp with a port", { direction: "in", protocol: "icmp", port: "22", source_ips: ["0.0.0.0/0"] }],
    [
      "an address without a prefix",
      { direction: "in", protocol: "tcp", port: "22", source_ips: ["0.0.0.0"] },
    ],
  ])("refuse %s", async (_, rule) => {
    const { api } = sampleCloud();
    const made = await call(api, "POST", "/firewalls", { name: "f", rules: [rule] });
    expect(made.body).toEqual(error("invalid_input"));
  });
});

describe("volumes and networks", () => {
  test("a volume only grows, and is deleted only when detached", async () => {
    const { api } = sampleCloud();
    await call(api, "POST", "/servers", server);
    expect((await call(api, "POST", "/volumes", { name: "v", size: 10, server: 101 })).body).toMatchObject({
      volume: { id: 103, location: { name: "fsn1" } },
    });
    expect((await call(api, "POST", "/volumes/103/actions/resize", { size: 10 })).body).toEqual(
      error("invalid_input"),
    );
    expect((await call(api, "POST", "/volumes/103/actions/resize", { size: 20 })).status).toBe(201);
    expect((await call(api, "DELETE", "/volumes/103")).body).toEqual(error("resource_in_use"));
    await call(api, "POST", "/volumes/103/actions/detach", {});
    expect((await call(api, "DELETE", "/volumes/103")).status).toBe(204);
  });

  test("a server joins a network once", async () => {
    const { api } = sampleCloud();
    await call(api, "POST", "/networks", { name: "n", ip_range: "10.0.0.0/24" });
    await call(api, "POST", "/servers", server);
    const attach = () => call(api, "POST", "/servers/102/actions/attach_to_network", { network: 101 });
    expect((await attach()).status).toBe(201);
    expect((await attach()).body).toEqual(error("server_already_attached"));
    expect((await call(api, "GET", "/servers/102")).body).toMatchObject({
      server: { private_net: [{ network: 101, ip: "10.0.0.2" }] },
    });
  });
});

describe("for tests", () => {
  test("faults happen as often as asked for, where asked for", async () => {
    const { api, driver } = sampleCloud();
    const fault = { method: "POST", path: "/v1/servers", count: 2, status: 429, code: "rate_limit_exceeded" };
    await api.request("/sandbox/faults", { method: "POST", body: JSON.stringify(fault) });
    expect((await call(api, "GET", "/servers")).status).toBe(200);
    expect(await call(api, "POST", "/servers", server)).toEqual({
      status: 429,
      body: error("rate_limit_exceeded"),
    });
    expect((await call(api, "POST", "/servers", server)).status).toBe(429);
    expect(driver.started).toEqual([]);
    expect((await call(api, "POST", "/servers", server)).status).toBe(201);
  });

  test("an answer that is lost was a request that was carried out", async () => {
    const { api, driver } = sampleCloud();
    const fault = { method: "POST", path: "/v1/servers", status: 504, answerLost: true };
    await api.request("/sandbox/faults", { method: "POST", body: JSON.stringify(fault) });
    expect((await call(api, "POST", "/servers", server)).status).toBe(504);
    expect(driver.started).toHaveLength(1);
    expect(await call(api, "POST", "/servers", server)).toMatchObject({ body: error("uniqueness_error") });
  });

  test("requests are logged with path and body", async () => {
    const { api } = sampleCloud();
    await call(api, "GET", "/servers?name=x");
    await call(api, "POST", "/firewalls", { name: "f" });
    expect(await (await api.request("/sandbox/requests")).json()).toEqual({
      requests: [
        { method: "GET", path: "/v1/servers?name=x", body: "" },
        { method: "POST", path: "/v1/firewalls", body: '{"name":"f"}' },
      ],
    });
  });
});

describe("state on disk", () => {
  test("survives the process, with the machines to start again", async () => {
    const folder = mkdtempSync(join(tmpdir(), "team-runtime-api-"));
    try {
      const file = join(folder, "state", "cloud.json");
      const api = createApi({ store: jsonFileStore(file), driver: new NotingDriver() });
      await call(api, "POST", "/servers", server);
      await call(api, "POST", "/servers", { ...server, name: "dev-off" });
      await call(api, "POST", "/servers/103/actions/poweroff");
      const reread = jsonFileStore(file).read();
      expect(runningMachines(reread).map(({ name }) => name)).toEqual(["dev-wes"]);
      expect(readdirSync(join(folder, "state"))).toEqual(["cloud.json"]);
      expect(statSync(file).mode & 0o777).toBe(0o600);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("is not written when a change fails", () => {
    const store = jsonFileStore(join(tmpdir(), "team-runtime-api-never-written", "cloud.json"));
    const change = () =>
      changeState(store, (state) => {
        state.lastId = 7;
        throw new Error("stop");
      });
    expect(change).toThrow("stop");
    expect(store.read()).toEqual(emptyCloudState());
  });
});
