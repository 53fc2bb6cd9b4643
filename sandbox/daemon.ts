/**
 * The background process of an instance: the local Hetzner API, the relay to the machines, and their way out.
 *
 * usage: daemon.js NAME DRIVER IMAGE [--offline]
 *
 * Sends one message to its parent when it is ready or cannot be. Machines outlive it: when it starts, those that run are
 * taken over, and those that should run and do not (the host was rebooted) are booted from their disks.
 */
import { serve, type ServerType } from "@hono/node-server";
import { Hono } from "hono";
import { writeFileSync } from "node:fs";
import { createApi } from "./api/create-api";
import { jsonFileStore } from "./api/cloud-store";
import { runningMachines } from "./api/machines";
import type { DaemonReport } from "./daemon-process";
import { daemonFile, programVersion } from "./daemon-record";
import { driverOf } from "./drivers/choose-driver";
import { cloudFile, openInstance, type Instance } from "./instance/instance";
import { identify } from "./machine/process-identity";
import { apiPort, gatewayAddress } from "./network/addresses";
import { notePoweredOff } from "./note-powered-off";
import { createProxy } from "./proxy/proxy";

async function main(): Promise<void> {
  const [name, driverName, image, mode] = process.argv.slice(2);
  if (name === undefined || driverName === undefined || image === undefined)
    throw new Error("usage: daemon.js NAME DRIVER IMAGE");
  // Directories made here become part of machines' root file systems, whatever the caller's umask.
  process.umask(0o022);
  const offline = mode === "--offline";
  const instance = await openInstance(name);
  const sandbox = await driverOf(driverName).open(instance, image, fail);
  createProxy({ offline, environment: process.env }).listen(sandbox.proxySocket);

  const driver = sandbox.machines;
  const store = jsonFileStore(cloudFile(instance));
  notePoweredOff(sandbox, store);
  await Promise.all(runningMachines(store.read()).map((machine) => driver.start(machine)));

  const health = { instance: instance.name, pid: process.pid, offline };
  const app = new Hono();
  app.get("/sandbox/health", (context) => context.json(health));
  app.use(async (_context, next) => {
    notePoweredOff(sandbox, store);
    await next();
  });
  app.route("/", createApi({ store, driver }));
  await listen(app, instance);
  process.on("SIGTERM", () => {
    sandbox.close();
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
