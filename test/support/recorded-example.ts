import { join } from "node:path";
import { vi } from "vitest";
import { projectRoot } from "../../config/project-root";
import { now } from "../config/sample";
import { recordProgram, type RecordedProgram } from "./record-program";
import { throwAwayKey } from "./throw-away-key";

/** Path of a file of one of the teams in `examples/`. */
export function exampleFile(team: string, name: string): string {
  return join(projectRoot, "examples", team, name);
}

/** What the program makes of the team on the day on which it was written. From then on it is that day, until `vi.useRealTimers`. */
export function recordExample(team: string, stack: string): Promise<RecordedProgram> {
  vi.useFakeTimers({ toFake: ["Date"], now });
  return recordProgram(stack, {
    "hcloud:token": "x1".repeat(32),
    "team-runtime:deployKey": throwAwayKey("deploy").privateKey,
    "team-runtime:teamFile": exampleFile(team, "team.yaml"),
  });
}
