import { readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { serverOf } from "../../config/names";
import { projectRoot } from "../../config/project-root";
import type { Roster } from "../../config/roster";
import { run } from "../../engine/run";
import { UserError } from "../../engine/user-error";
import { sandboxStack } from "../deploy";
import type { Instance } from "../instance/instance";

/** A server as the stack's output `servers` has it. */
export interface KnownServer {
  readonly name: string;
  /** IPv4 address. */
  readonly address: string;
  /** `ssh-ed25519 AAAA…` */
  readonly hostKey: string;
}

/** The outputs of the stack that say where people are, and how their servers are reached. */
interface StackOutputs {
  readonly roster: Roster;
  readonly servers: Readonly<Record<string, Omit<KnownServer, "name">>>;
}

/** The server where a person works, with a file for ssh that pins the host keys of all servers, each under its server's name. */
export async function serverOfPerson(
  instance: Instance,
  environment: NodeJS.ProcessEnv,
  person: string,
): Promise<{ readonly server: KnownServer; readonly knownHostsFile: string }> {
  const { roster, servers } = await stackOutputs(instance, environment);
  const name = roster[person]?.server ?? serverOf(person);
  const server = servers[name];
  if (server === undefined) {
    throw new UserError(
      `The stack ${sandboxStack} has no server ${name}. It has ${Object.keys(servers).sort().join(", ") || "none"}.`,
    );
  }
  const knownHostsFile = join(instance.directory, "known_hosts");
  const lines = Object.entries(servers).map(([alias, { hostKey }]) => `${alias} ${hostKey}\n`);
  await writeAtomically(knownHostsFile, lines.join(""));
  return { server: { name, ...server }, knownHostsFile };
}

/** Asking Pulumi takes half a second, so the answer is kept for as long as the stack's state stays the same. */
async function stackOutputs(instance: Instance, environment: NodeJS.ProcessEnv): Promise<StackOutputs> {
  const cache = join(instance.directory, "outputs.json");
  const state = join(
    instance.directory,
    "pulumi-state",
    ...[".pulumi", "stacks", "team-runtime", `${sandboxStack}.json`],
  );
  const version = await stat(state).then(
    ({ mtimeMs, size }) => `${String(mtimeMs)} ${String(size)}`,
    () => undefined,
  );
  const cached = await readFile(cache, "utf8").then(
    (text) => JSON.parse(text) as { readonly version: string; readonly outputs: StackOutputs },
    () => undefined,
  );
  if (version !== undefined && cached?.version === version) return cached.outputs;
  const { code, stdout, stderr } = await run(
    "pulumi",
    ["stack", "output", "--json", "--stack", sandboxStack],
    { cwd: projectRoot, env: environment },
  );
  if (code !== 0) {
    throw new UserError(
      `The stack ${sandboxStack} does not say which servers it has: ${stderr.trim()}\nFix: finish its first update with \`npm run sandbox\`.`,
    );
  }
  const outputs = JSON.parse(stdout) as Partial<StackOutputs>;
  if (outputs.servers === undefined || outputs.roster === undefined) {
    throw new UserError(
      `The stack ${sandboxStack} has no servers yet. Fix: finish its first update with \`npm run sandbox\`.`,
    );
  }
  // Only these two: among the others are secrets, which Pulumi does not show here.
  const kept: StackOutputs = { roster: outputs.roster, servers: outputs.servers };
  if (version !== undefined) await writeAtomically(cache, JSON.stringify({ version, outputs: kept }));
  return kept;
}

/** Two logins at once must not read each other's half-written file. */
async function writeAtomically(file: string, content: string): Promise<void> {
  const temporary = `${file}.${String(process.pid)}`;
  await writeFile(temporary, content, { mode: 0o600 });
  await rename(temporary, file);
}
