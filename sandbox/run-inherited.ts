import { spawn } from "node:child_process";
import { constants } from "node:os";

/**
 * Runs a program in place of this one: with its terminal, its standard streams and its signals.
 *
 * @returns The program's exit code; 128 + the signal that ended it, as a shell counts; 127 if it could not be started.
 */
export async function runInherited(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...options, stdio: "inherit" });
    // The terminal sends these to the program as well; what to do about them is for it to say.
    const ignore = (): void => undefined;
    process.on("SIGINT", ignore);
    process.on("SIGQUIT", ignore);
    const passOn = (signal: NodeJS.Signals): void => {
      child.kill(signal);
    };
    process.on("SIGTERM", passOn);
    process.on("SIGHUP", passOn);
    child.on("error", ({ message }) => {
      process.stderr.write(`${command} could not be started: ${message}\n`);
      resolve(127);
    });
    child.on("close", (code, signal) => {
      process.off("SIGINT", ignore).off("SIGQUIT", ignore).off("SIGTERM", passOn).off("SIGHUP", passOn);
      resolve(code ?? 128 + constants.signals[signal ?? "SIGKILL"]);
    });
  });
}
