import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { RunRequest } from "@pulumi/pulumi/proto/language_pb";

/** How a Pulumi program ended. */
export interface ProgramEnd {
  /** What went wrong; absent when it ended well, or has said so itself. */
  readonly error?: string;
  /** The program has told the user what is wrong: the engine stops and adds nothing. */
  readonly hasSpoken: boolean;
}

/** With this exit code the SDK's runner says that its last message told the user what to do. */
const hasSpokenCode = 32;

/**
 * Runs a Node program as the engine asks, with the runner of the program's own `@pulumi/pulumi`.
 *
 * @param engineAddress Where the engine takes log messages.
 */
export async function runProgram(request: RunRequest, engineAddress: string): Promise<ProgramEnd> {
  const directory = request.getPwd();
  const runner = createRequire(join(directory, "package.json")).resolve("@pulumi/pulumi/cmd/run");
  const child = spawn(process.execPath, [runner, ...runnerArguments(request, engineAddress)], {
    cwd: directory,
    env: {
      ...process.env,
      PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toObject(true))),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
      PULUMI_NODEJS_TYPESCRIPT: "false",
    },
    // What the program prints, the engine shows.
    stdio: ["ignore", "inherit", "inherit"],
  });
  return new Promise((resolve) => {
    child.on("error", (error) => {
      resolve({ error: error.message, hasSpoken: false });
    });
    child.on("close", (code, signal) => {
      if (code === 0) resolve({ hasSpoken: false });
      else if (code === hasSpokenCode) resolve({ hasSpoken: true });
      else
        resolve({ error: `Program exited with ${signal ?? `exit code ${String(code)}`}`, hasSpoken: false });
    });
  });
}

function runnerArguments(request: RunRequest, engineAddress: string): readonly string[] {
  const options: Readonly<Record<string, string>> = {
    "--monitor": request.getMonitorAddress(),
    "--engine": engineAddress,
    "--organization": request.getOrganization(),
    "--project": request.getProject(),
    "--root-directory": request.getInfo()?.getRootDirectory() ?? "",
    "--stack": request.getStack(),
    "--pwd": request.getPwd(),
    "--parallel": String(request.getParallel()),
    ...(request.getDryrun() ? { "--dry-run": "true" } : {}),
  };
  const words = Object.entries(options).flatMap(([name, value]) => (value === "" ? [] : [name, value]));
  return [...words, request.getInfo()?.getEntryPoint() ?? request.getProgram(), ...request.getArgsList()];
}
