import { join } from "node:path";
import { projectRoot } from "../../../config/project-root";
import { ensurePythonTools } from "../../../engine/judges/python-tools";
import { lineProgress } from "../../../engine/progress";
import { run, type ProgramResult } from "../../../engine/run";

/** Of Debian 12, by its name in the version of ssh-audit that `requirements.txt` names. */
export const policy = "Hardened Debian 12 (version 3)";

/** ssh-audit, as somebody runs it who has nothing but the address of a server. */
export interface SshAudit {
  readonly version: string;
  /**
   * Compares what this port offers with the policy: exit code 0, it is that; 3, it is not.
   *
   * @param namespace The network to ask from, if not this host's own, from which only port 22 is reached.
   */
  compare(address: string, port?: number, namespace?: string): Promise<ProgramResult>;
}

/** Gets ssh-audit into the per-user cache. */
export async function ensureSshAudit(): Promise<SshAudit> {
  const tools = {
    name: "ssh-audit",
    requirements: join(projectRoot, "test", "machine", "judges", "requirements.txt"),
    last: "ssh-audit",
    what: "ssh-audit",
  };
  const folder = await ensurePythonTools(tools, lineProgress());
  const program = join(folder, "ssh-audit");
  // It has no option that tells.
  const { stdout } = await run(join(folder, "python"), [
    "-c",
    "import importlib.metadata; print(importlib.metadata.version('ssh-audit'))",
  ]);
  return {
    version: stdout.trim(),
    compare: (address, port = 22, namespace) => {
      const words = [program, "--policy", policy, "--port", String(port), "--no-colors", address];
      return namespace === undefined
        ? run(program, words.slice(1))
        : run("nsenter", [`--net=/run/netns/${namespace}`, ...words]);
    },
  };
}
