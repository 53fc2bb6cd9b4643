import { run } from "../engine/run";

/**
 * Runs a program that is expected to succeed.
 *
 * @throws Error with the program's own words.
 */
export async function runOrThrow(command: string, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run(command, args);
  if (code !== 0) {
    throw new Error(`${[command, ...args].join(" ")} ended with ${String(code)}: ${stderr.trim()}`);
  }
  return stdout;
}
