import { spawn } from "node:child_process";
import type { ProgramResult } from "../../engine/run";
import { sandbox, type Team } from "./team";
import { until } from "./until";

/** A `pulumi up` that is under way in a terminal of its own. */
export interface RunningUpdate {
  /** Waits until it has printed this. */
  untilPrinted(text: RegExp, seconds?: number): Promise<void>;
  /** Ctrl-C. */
  interrupt(): void;
  /** As when the machine that runs it is switched off. */
  kill(): void;
  readonly ended: Promise<ProgramResult>;
}

/** Starts `pulumi up` on the stack of a team, apart from this process's group, so that it can be sent signals. */
export async function startUpdate(team: Team, ...options: readonly string[]): Promise<RunningUpdate> {
  const { stdout: listed } = await sandbox(["exec", "env", "-0"]);
  const environment = Object.fromEntries(
    listed.split("\0").map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
  const child = spawn(
    "pulumi",
    ["up", "--yes", "--skip-preview", "--non-interactive", "--color=never", ...options],
    { cwd: team.folder, env: environment, detached: true, stdio: ["ignore", "pipe", "pipe"] },
  );
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const ended = new Promise<ProgramResult>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ code: code ?? 128, stdout, stderr });
    });
  });
  return {
    untilPrinted: (text, seconds = 300) =>
      until(
        () => Promise.resolve(text.test(stdout)),
        seconds,
        () => `pulumi up did not print ${String(text)}. It printed:\n${stdout}${stderr}`,
      ),
    interrupt: () => {
      child.kill("SIGINT");
    },
    kill: () => {
      child.kill("SIGKILL");
    },
    ended,
  };
}
