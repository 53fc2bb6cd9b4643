import { spawnSync } from "node:child_process";
import { projectRoot } from "../config/project-root";
import { pulumiCommand } from "./pulumi-command";
import { parseStackServers } from "./stack-servers";
import type { StackServers } from "./stack-servers";

/** Asks Pulumi for the output `servers` of the selected stack. Reads the state only: no server is reached. */
export function readStackServers(): StackServers {
  const question = ["stack", "output", "servers", "--json", "--non-interactive"];
  const [command, ...args] = pulumiCommand();
  const { error, status, stdout, stderr } = spawnSync(command, [...args, ...question], {
    cwd: projectRoot,
    encoding: "utf8",
  });
  if (error === undefined && status === 0) return parseStackServers(stdout);
  const said =
    error === undefined
      ? (stderr.split("\n").find((line) => line.trim() !== "") ?? "Pulumi did not say why.")
      : "no sandbox of this clone runs, and there is no pulumi on PATH.";
  return {
    ok: false,
    sentence: `The addresses of the servers are not known: ${said} Fix: select the stack (pulumi stack select) and run pulumi up once; for the sandbox, npm run sandbox.`,
  };
}
