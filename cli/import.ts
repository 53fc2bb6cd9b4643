import { readFileSync } from "node:fs";
import { readPublicKey } from "../config/keys";
import { plan } from "../config/plan";
import { show } from "../config/show";
import { pluginVersions } from "../engine/versions";
import { HetznerError, type ListHetzner } from "./hetzner-api";
import { adopt } from "./import-file";
import type { StackHetznerReading } from "./stack-hetzner";
import { loadForCommand } from "./team-option";
import { exitCodes } from "./terminal";
import type { Terminal } from "./terminal";

/** Exit code beside those of all commands: Hetzner could not be asked. */
const unreachable = 3;

export interface ImportRequest {
  readonly file: string;
  /** Files in the form of known_hosts, with lines such as `dev-wes ssh-ed25519 AAAA…`. */
  readonly knownHosts: readonly string[];
}

/** How the command learns what is there. */
export interface ImportReach {
  readonly readStack: () => Promise<StackHetznerReading>;
  readonly list: ListHetzner;
}

/**
 * `team import`: for a stack whose state was lost. Prints the file with which `pulumi import` takes over what the stack's
 * Hetzner project holds, and on standard error what to do with it. Changes nothing. Returns the exit code: 0; 2 the team
 * file or the settings are not valid, or there is nothing to take over; 3 Hetzner could not be asked.
 */
export async function importState(
  request: ImportRequest,
  reach: ImportReach,
  terminal: Terminal,
): Promise<number> {
  const loaded = loadForCommand(request.file, terminal);
  if (typeof loaded === "number") return loaded;
  const keys = readHostKeys(request.knownHosts, terminal);
  if (keys === undefined) return exitCodes.invalid;
  const reading = await reach.readStack();
  if (!reading.ok) return refuse(reading.sentence, terminal);
  const { stack, hetzner, deployPublicKey } = reading.stack;
  try {
    const [servers, firewalls, sshKeys] = await Promise.all([
      reach.list(hetzner, "servers"),
      reach.list(hetzner, "firewalls"),
      reach.list(hetzner, "ssh_keys"),
    ]);
    const {
      resources,
      servers: found,
      notices,
    } = adopt(
      plan(loaded.team),
      { stack, deployPublicKey, version: pluginVersions.hcloud },
      { servers, firewalls, sshKeys },
    );
    for (const notice of notices) terminal.complain(`${notice}\n`);
    if (found.length === 0) {
      return refuse(
        `The Hetzner project holds no server of this team. Fix: look whether the token is of the right project, and the team file (${request.file}) of the right team.`,
        terminal,
      );
    }
    terminal.print(`${JSON.stringify({ resources }, null, 2)}\n`);
    terminal.complain(nextSteps(found, keys));
    return exitCodes.fine;
  } catch (error) {
    if (!(error instanceof HetznerError)) throw error;
    terminal.complain(`${error.message}\n`);
    return unreachable;
  }
}

/** The commands that come next, ready to be pasted. A host key that nobody vouches for is left to the operator's eyes. */
function nextSteps(servers: readonly string[], keys: ReadonlyMap<string, string>): string {
  const accept = servers.map((server) => {
    const key = keys.get(server);
    const setting = `  pulumi config set --path 'team-runtime:hostKeys.${server}'`;
    return key === undefined
      ? `${setting} 'ssh-ed25519 AAAA…'   # at the provider's console: cat /etc/ssh/ssh_host_ed25519_key.pub`
      : `${setting} '${key}'`;
  });
  return [
    "Nothing was changed. With what was printed in import.json, go on with:",
    "  pulumi import --file import.json --generate-code=false --protect=false",
    ...accept,
    "  pulumi preview   # it must replace and delete nothing",
    "  pulumi up",
    "  pulumi config rm team-runtime:hostKeys && pulumi up   # the state knows them again",
    "",
  ].join("\n");
}

/** Host keys by server name, or `undefined` when a file cannot be read. */
function readHostKeys(files: readonly string[], terminal: Terminal): ReadonlyMap<string, string> | undefined {
  const keys = new Map<string, string>();
  for (const file of files) {
    let text: string;
    try {
      text = readFileSync(file, "utf8");
    } catch (error) {
      terminal.complain(
        `${show(file)} cannot be read (${(error as NodeJS.ErrnoException).code ?? "?"}). Fix: give a file in the form of known_hosts.\n`,
      );
      return undefined;
    }
    for (const line of text.split("\n")) {
      const [name = "", ...key] = line.trim().split(/\s+/);
      const parsed = readPublicKey(key.slice(0, 2).join(" "));
      if (parsed.ok && parsed.value.type === "ssh-ed25519")
        keys.set(name, `${parsed.value.type} ${parsed.value.base64}`);
    }
  }
  return keys;
}

function refuse(sentence: string, terminal: Terminal): number {
  terminal.complain(`${sentence}\n`);
  return exitCodes.invalid;
}
