import { spawn } from "node:child_process";
import { closeSync, openSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { projectRoot } from "../config/project-root";
import { UserError } from "../engine/user-error";
import { daemonFile, programVersion, runningDaemon, type DaemonRecord } from "./daemon-record";
import { recordDriver } from "./drivers/choose-driver";
import type { Driver } from "./drivers/driver";
import type { Instance } from "./instance/instance";
import { isAlive, signal } from "./machine/process-identity";

/** The one message that a starting daemon sends. */
export type DaemonReport = { readonly ready: true } | { readonly ready: false; readonly reason: string };

const program = join(projectRoot, "dist", "sandbox", "daemon.js");

/**
 * Makes sure that the daemon of an instance runs, in this mode and with this clone's code; machines go on whatever happens
 * to it. Resolves when the API answers and the machines that should run are running.
 *
 * @param image Of the machines, as the driver's `ensureImage` names it.
 */
export async function ensureDaemon(
  instance: Instance,
  driver: Driver,
  image: string,
  offline: boolean,
): Promise<void> {
  recordDriver(instance, driver.name);
  const running = runningDaemon(instance);
  if (running?.offline === offline && running.version === programVersion()) return;
  await stopDaemon(instance);
  const log = openSync(logFile(instance), "a", 0o600);
  const child = spawn(
    process.execPath,
    [program, instance.name, driver.name, image, ...(offline ? ["--offline"] : [])],
    { cwd: "/", detached: true, stdio: ["ignore", log, log, "ipc"] },
  );
  closeSync(log);
  const report = await new Promise<DaemonReport>((resolve) => {
    child.once("message", (message) => {
      resolve(message as DaemonReport);
    });
    child.once("error", ({ message }) => {
      resolve({ ready: false, reason: message });
    });
    child.once("exit", (code) => {
      resolve({ ready: false, reason: `It ended with ${String(code)}.` });
    });
  });
  if (!report.ready) {
    throw new UserError(
      `The sandbox's background process could not start. ${report.reason}\nIts log is ${logFile(instance)}.`,
    );
  }
  child.disconnect();
  child.unref();
}

/** Ends the daemon of an instance, if one runs. Its machines go on. */
export async function stopDaemon(instance: Instance): Promise<void> {
  const running = runningDaemon(instance);
  if (running !== undefined) await end(running);
  rmSync(daemonFile(instance), { force: true });
}

/** The daemon, for commands that cannot do without it. */
export function requireDaemon(instance: Instance): DaemonRecord {
  const running = runningDaemon(instance);
  if (running === undefined) {
    throw new UserError(
      `The sandbox ${instance.name} has stopped; its machines' disks are kept. Fix: start it again with \`npm run sandbox\`.`,
    );
  }
  return running;
}

export function logFile({ directory }: Instance): string {
  return join(directory, "daemon.log");
}

async function end(daemon: DaemonRecord): Promise<void> {
  signal(daemon, "SIGTERM");
  for (let waited = 0; isAlive(daemon); waited += 50) {
    if (waited === 3_000) signal(daemon, "SIGKILL");
    await sleep(50);
  }
}
