/** `npm run sandbox`: the local Hetzner's command line. */
import { lineProgress } from "../engine/progress";
import { runCommand } from "../engine/user-error";
import { sandboxProgram } from "./program";

async function main(): Promise<number> {
  let exitCode = 0;
  await sandboxProgram(lineProgress(), (code) => (exitCode = code)).parseAsync();
  return exitCode;
}

void runCommand(main);
