import { spawn } from "node:child_process";
import { projectRoot } from "../../config/project-root";
import { run } from "../run";
import type { Judge, Verdict } from "./judge";

/** Runs a program at the top of the clone with its output shown as it comes. */
export async function runShown(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: projectRoot, env, stdio: ["ignore", "inherit", "inherit"] });
    child.on("error", (error) => {
      process.stdout.write(`${command}: ${error.message}\n`);
      resolve(127);
    });
    child.on("close", (code) => {
      resolve(code ?? 128);
    });
  });
}

/** Runs a program at the top of the clone and shows its output in one piece when it has ended. */
export async function runHeld(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  const { code, stdout, stderr } = await run(command, args, { cwd: projectRoot, env });
  process.stdout.write(`${stdout}${stderr}`);
  return code;
}

/** A judge that is one program: it counts as one check, passed when it exits with 0. */
export function programJudge(name: string, command: string, args: readonly string[]): Judge {
  const run = async (): Promise<Verdict> =>
    (await runShown(command, args)) === 0 ? { passed: 1, failures: [] } : { passed: 0, failures: [name] };
  return { name, run };
}
