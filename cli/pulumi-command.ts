import { join } from "node:path";
import { projectRoot } from "../config/project-root";
import { runningDaemon } from "../sandbox/daemon-record";
import { findInstance } from "../sandbox/instance/instance";

/**
 * The words that start `pulumi` for the stack that a command of this clone is about: the caller's own `pulumi`, or, where the
 * caller has chosen no backend and this clone's sandbox runs, the sandbox's. So a newcomer need not type `sandbox -- exec`.
 */
export function pulumiCommand(): readonly [command: string, ...args: string[]] {
  const { PULUMI_BACKEND_URL: backend = "" } = process.env;
  const instance = backend === "" ? findInstance() : undefined;
  if (instance === undefined || runningDaemon(instance) === undefined) return ["pulumi"];
  return [process.execPath, join(projectRoot, "dist", "sandbox", "main.js"), "exec", "pulumi"];
}
