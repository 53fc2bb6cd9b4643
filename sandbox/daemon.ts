/**
 * The background process of an instance: the local Hetzner API, the relay to the machines, and their way out.
 *
 * usage: daemon.js NAME ROOT_FILE_SYSTEM [--offline]
 *
 * Sends one message to its parent when it is ready or cannot be. Machines outlive it: when it starts, those that run are
 * taken over, and those that should run and do not (the host was rebooted) are booted from their disks.
 */
import { serve, type ServerType } from "@hono/node-server";
import { Hono } from "hono";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createApi } from "./api/create-api";
import { jsonFileStore } from "./api/cloud-store";
import { runningMachines } from "./api/machines";
import type { DaemonReport } from "./daemon-process";
import { daemonFile, programVersion } from "./daemon-record";
import { cloudFile, openInstance, type Instance } from "./instance/instance";
import { ensureHostLayer } from "./machine/host-layer";
import { identify } from "./machine/process-identity";
import { createUnshareDriver } from "./machine/unshare-driver";
import { apiPort, gatewayAddress, proxyPort } from "./network/addresses";
import { ensureEntrance } from "./network/ensure-entrance";
import { listenInside } from "./network/listen-inside";
import { networkNamespace } from "./network/names";
import { NamespaceHelper } from "./network/namespace-helper";
import { openNetwork } from "./network/network";
import { Relay } from "./network/relay";
import { notePoweredOff } from "./note-powered-off";
import { createProxy } from "./proxy/proxy";

async function main(): Promise<void> {
  const [name, systemImage, mode] = process.argv.slice(2);
  if (name === undefined || systemImage === undefined)
    throw new Error("usage: daemon.js NAME ROOT_FILE_SYSTEM");
  // Directories made here become part of machines' root file systems, whatever the caller's umask.
  process.umask(0o022);
  const offline = mode === "--offline";
  const instance = await openInstance(name);

  const { number } = instance;
  await openNetwork(number);
  const helper = new NamespaceHelper(number, () => {
    fail("The process in the sandbox's network ended.");
  });
  const [relay, [proxySocket]] = await Promise.all([
    Relay.start(number, helper),
    listenInside(networkNamespace(number), gatewayAddress(number), [proxyPort]),
  ]);
  createProxy({ offline, environment: process.env }).listen(proxySocket);
  await ensureEntrance(number);

  // Not awaited: asking the package clients takes a second, and machines that run already need no answer.
  const hostLayer = ensureHostLayer(number, systemImage, join(instance.directory, "layers"));
  hostLayer.catch(() => undefined);
  const driver = createUnshareDriver({ instance, systemImage, hostLayer, relay });
  const store = jsonFileStore(cloudFile(instance));
  notePoweredOff(instance, store);
  await Promise.all(runningMachines(store.read()).map((machine) => driver.start(machine)));

  const health = { instance: instance.name, pid: process.pid, offline };
  const app = new Hono();
  app.get("/sandbox/health", (context) => context.json(health));
  app.use(async (_context, next) => {
    notePoweredOff(instance, store);
    await next();
  });
  app.route("/", createApi({ store, driver }));
  await listen(app, instance);
  process.on("SIGTERM", () => {
    helper.stop();
    process.exit(0);
  });
  writeFileSync(
    daemonFile(instance),
    `${JSON.stringify({ ...identify(process.pid), offline, version: programVersion() })}\n`,
    { mode: 0o600 },
  );
}

async function listen(app: Hono, { number }: Instance): Promise<ServerType> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname: gatewayAddress(number), port: apiPort }, () => {
      resolve(server);
    });
    server.on("error", reject);
  });
}

function report(message: DaemonReport): void {
  if (process.connected) process.send?.(message);
}

/** A daemon that has lost a part of itself ends: the next `npm run sandbox` starts a whole one, and no machine is harmed. */
function fail(reason: string): void {
  process.stderr.write(`${new Date().toISOString()} ${reason}\n`);
  report({ ready: false, reason });
  process.exit(1);
}

// A command that is interrupted while it waits for its daemon leaves none behind that nobody knows of.
const abandoned = (): never => process.exit(1);
process.once("disconnect", abandoned);
main().then(
  () => {
    process.off("disconnect", abandoned);
    report({ ready: true });
  },
  (error: unknown) => {
    fail(error instanceof Error ? error.message : String(error));
  },
);
