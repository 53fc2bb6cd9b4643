import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../config/project-root";
import type { Instance } from "./instance/instance";
import { isAlive, type ProcessIdentity } from "./machine/process-identity";

/** What the running daemon of an instance notes about itself. */
export interface DaemonRecord extends ProcessIdentity {
  readonly offline: boolean;
  /** `programVersion` of the code that it runs. */
  readonly version: string;
}

export function daemonFile({ directory }: Instance): string {
  return join(directory, "daemon.json");
}

/** The daemon of an instance; `undefined` when none runs. */
export function runningDaemon(instance: Instance): DaemonRecord | undefined {
  try {
    const record = JSON.parse(readFileSync(daemonFile(instance), "utf8")) as DaemonRecord;
    return isAlive(record) ? record : undefined;
  } catch {
    return undefined;
  }
}

/** A hash of the compiled sandbox: another one means that the daemon runs code that is no longer this clone's. */
export function programVersion(): string {
  const hash = createHash("sha256");
  const compiled = join(projectRoot, "dist", "sandbox");
  const files = readdirSync(compiled, { recursive: true, encoding: "utf8" });
  for (const file of files.filter((name) => name.endsWith(".js")).sort()) {
    hash.update(file).update(readFileSync(join(compiled, file)));
  }
  return hash.digest("hex").slice(0, 16);
}
