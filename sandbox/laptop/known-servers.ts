import { readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { projectRoot } from "../../config/project-root";
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

type ServersOutput = Readonly<Record<string, Omit<KnownServer, "name">>>;

/** A server with a file for ssh that pins the host keys of all servers, each under its server's name. */
export async function knownServers(
  instance: Instance,
  environment: NodeJS.ProcessEnv,
  name: string,
): Promise<{ readonly server: KnownServer; readonly knownHostsFile: string }> {
  const servers = await serversOutput(instance, environment);
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
async function serversOutput(instance: Instance, environment: NodeJS.ProcessEnv): Promise<ServersOutput> {
  const cache = join(instance.directory, "servers.json");
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
    (text) => JSON.parse(text) as { readonly version: string; readonly servers: ServersOutput },
    () => undefined,
  );
  if (version !== undefined && cached?.version === version) return cached.servers;
  const { code, stdout, stderr } = await run(
    "pulumi",
    ["stack", "output", "servers", "--json", "--stack", sandboxStack],
    { cwd: projectRoot, env: environment },
  );
  if (code !== 0) {
    throw new UserError(
      `The stack ${sandboxStack} does not say which servers it has: ${stderr.trim()}\nFix: finish its first update with \`npm run sandbox\`.`,
    );
  }
  const servers = JSON.parse(stdout) as ServersOutput;
  if (version !== undefined) await writeAtomically(cache, JSON.stringify({ version, servers }));
  return servers;
}

/** Two logins at once must not read each other's half-written file. */
async function writeAtomically(file: string, content: string): Promise<void> {
  const temporary = `${file}.${String(process.pid)}`;
  await writeFile(temporary, content, { mode: 0o600 });
  await rename(temporary, file);
}
