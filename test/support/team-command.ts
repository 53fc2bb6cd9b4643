import { join } from "node:path";
import { projectRoot } from "../../config/project-root";
import type { ProgramResult } from "../../engine/run";
import { sandbox } from "./team";

/** The `team` command on the stack of the development team, as the infra team runs it. */
export function teamCommand(...words: readonly string[]): Promise<ProgramResult> {
  return sandbox(["exec", process.execPath, join(projectRoot, "dist", "cli", "main.js"), ...words]);
}
