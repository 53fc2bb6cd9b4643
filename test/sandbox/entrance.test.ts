import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { networkInterfaces } from "node:os";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../../engine/run";
import { relayedPorts } from "../../sandbox/network/addresses";
import { ensureEntrance } from "../../sandbox/network/ensure-entrance";
import { entranceNamespace, hostLink } from "../../sandbox/network/names";
import { startSandbox, type TestMachine, type TestSandbox } from "../support/sandbox";

const banner = "this is the host";

/** Proves that a host whose sshd listens on all addresses can have a sandbox, and that no machine reaches that host by it. */
describe("the way from the host to the machines", () => {
  let hostServers: readonly Server[];
  let settingsBefore: string;
  let sandbox: TestSandbox;
  let machine: TestMachine;

  beforeAll(async () => {
    settingsBefore = await hostSettings();
    hostServers = await Promise.all([0, ...relayedPorts].map(listenOnAllAddresses));
    sandbox = await startSandbox("entrance");
    machine = await sandbox.boot("dev-wes");
  });
  afterAll(async () => {
    await sandbox.remove();
    expect(await hostSettings()).toBe(settingsBefore);
    for (const server of hostServers) server.close();
  });

  it("leads to the machine, although another program has its port on all addresses of the host", async () => {
    for (const port of relayedPorts) expect(await bannerOf("127.0.0.1", port)).not.toBe("");
    expect(await machine.ssh("hostname")).toMatchObject({ code: 0, stdout: "dev-wes\n" });
  });

  it("leaves that program its port: it can be restarted, and answers on the host's own addresses", async () => {
    for (const [index, port] of relayedPorts.entries()) {
      const server = hostServers[index + 1];
      if (server?.listening !== true) continue;
      server.close();
      await once(server, "close");
      server.listen(port, "::");
      await once(server, "listening");
      expect(await bannerOf("127.0.0.1", port)).toBe(banner);
    }
    expect((await machine.ssh("true")).code).toBe(0);
  });

  it("is a way in only: the machine reaches nothing that listens on the host", async () => {
    const [server] = hostServers;
    const port = (server?.address() as { readonly port: number }).port;
    const gateway = `127.77.${String(sandbox.instance.number)}.1`;
    for (const address of ["127.0.0.1", gateway, ...addressesOfHost()]) {
      expect(await bannerOf(address, port), address).toBe(banner);
      const inMachine = `timeout 3 bash -c 'exec 3<>/dev/tcp/${address}/${String(port)} && head -n 1 <&3'`;
      expect(await machine.root(inMachine), address).toMatchObject({ stdout: "" });
    }
    // The same words do get an answer where there is one.
    const own = await machine.root(
      `timeout 3 bash -c 'exec 3<>/dev/tcp/${machine.address}/22 && head -n 1 <&3'`,
    );
    expect(own.stdout).toMatch(/^SSH-2\.0-/);
  });

  it("ends at once for an address without a machine", async () => {
    const address = `127.77.${String(sandbox.instance.number)}.200`;
    const { code, stderr } = await run("ssh", [
      "-F",
      "none",
      "-o",
      "BatchMode=yes",
      `root@${address}`,
      "true",
    ]);
    expect({ code, stderr }).toMatchObject({
      code: 255,
      stderr: expect.stringMatching(/reset|closed/) as string,
    });
  });

  it("is checked: a host that drops the packets is told so", async () => {
    const { number } = sandbox.instance;
    const route = [
      "route",
      "add",
      "blackhole",
      `127.77.${String(number)}.1`,
      "table",
      "local",
      "metric",
      "0",
    ];
    const entrance = ["-n", entranceNamespace(number)];
    await run("ip", [
      ...entrance,
      "route",
      "delete",
      `127.77.${String(number)}.1`,
      "dev",
      "host",
      "table",
      "local",
    ]);
    await run("ip", [...entrance, ...route]);
    await expect(ensureEntrance(number)).rejects.toThrow(
      `behind the interface ${hostLink(number)} (no answer)`,
    );
    // The next start mends what it can.
    await sandbox.killDaemon();
    await sandbox.startDaemon();
    await expect(ensureEntrance(number)).resolves.toBeUndefined();
  });
});

/** Listens as sshd does by default. A host that has such a program already is as good: then this one gives way. */
async function listenOnAllAddresses(port: number): Promise<Server> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.end(`${banner}\n`);
  });
  const result = Promise.race([once(server, "listening"), once(server, "error")]);
  server.listen(port, "::");
  await result.catch(() => undefined);
  return server;
}

async function bannerOf(address: string, port: number): Promise<string> {
  const { stdout } = await run("timeout", [
    ...["3", "bash", "-c", 'exec 3<>"/dev/tcp/$0/$1" && head -n 1 <&3'],
    ...[address, String(port)],
  ]);
  return stdout.trim();
}

function addressesOfHost(): readonly string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === "IPv4" && !internal)
    .map(({ address }) => address);
}

/** What of the host's network must be the same afterwards: forwarding, the routes out, the general settings. */
async function hostSettings(): Promise<string> {
  const { stdout } = await run("ip", ["route", "show", "table", "main"]);
  const settings = [
    "ip_forward",
    "conf/all/route_localnet",
    "conf/default/route_localnet",
    "conf/lo/route_localnet",
  ];
  return [stdout, ...settings.map((name) => readFileSync(`/proc/sys/net/ipv4/${name}`, "utf8"))].join("");
}
