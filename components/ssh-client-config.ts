import { isIP } from "node:net";
import { readPublicKey } from "../config/keys";
import { byName } from "../config/names";
import type { ServerPlan } from "../config/plan";

/** How a server is reached, as the stack exports it. */
export interface ServerAddress {
  readonly address: string;
  /** `ssh-ed25519 AAAA…` */
  readonly hostKey: string;
}

/** What a person puts on their laptop, in two files. */
export interface SshClientConfig {
  /** For `~/.ssh/config`. */
  readonly config: string;
  /** For `~/.ssh/team-runtime-known-hosts`: the servers' keys, so that nobody is asked to trust an unknown one. */
  readonly knownHosts: string;
}

/** Named in the config and written by the person. */
export const knownHostsFile = "~/.ssh/team-runtime-known-hosts";

/**
 * The blocks of `~/.ssh/config` for one person: their own server, and through it the servers that they lead
 * (ssh_config(5)). A led server lets in only the hop key, which lives on the lead's own server.
 *
 * Addresses and keys come from machines, so they are checked. Throws with a sentence when one is not what it should be.
 *
 * @param own The person's own server.
 * @param at How that server is reached.
 */
export function renderSshConfig(own: ServerPlan, at: ServerAddress): SshClientConfig {
  if (isIP(at.address) === 0) throw new Error(`The stack exports no IP address for ${own.name}.`);
  const hostKey = readPublicKey(at.hostKey.trim());
  if (!hostKey.ok) throw new Error(`The stack exports no host key for ${own.name}.`);
  const led = [...(own.leads?.servers ?? [])].sort(byName);
  const blocks = [ownServer(own, at.address), ...led.map((server) => ledServer(server, own, at.address))];
  return {
    config: blocks.join("\n"),
    knownHosts: `${own.name} ${hostKey.value.type} ${hostKey.value.base64}\n`,
  };
}

function ownServer(own: ServerPlan, address: string): string {
  return [
    `# team-runtime: the server of ${own.owner}. If your key has an unusual name, add IdentityFile.`,
    ...block(own.name, own, address),
    "",
  ].join("\n");
}

function ledServer(server: string, own: ServerPlan, address: string): string {
  return [
    `# team-runtime: ${server}, which ${own.owner} leads. It is reached through ${own.name}, because it lets in only the key`,
    `# that lives there. So this is an ssh within an ssh: copying files and forwarding ports work from ${own.name}.`,
    ...block(server, own, address),
    `  RemoteCommand ssh ${server}`,
    "  RequestTTY yes",
    "  ControlMaster no",
    "",
  ].join("\n");
}

/** The lines by which both kinds of block reach the person's own server and no other. */
function block(alias: string, own: ServerPlan, address: string): string[] {
  return [
    `Host ${alias}`,
    `  HostName ${address}`,
    `  User ${own.owner}`,
    `  HostKeyAlias ${own.name}`,
    "  IdentitiesOnly yes",
    "  ForwardAgent no",
    `  UserKnownHostsFile ${knownHostsFile}`,
    "  StrictHostKeyChecking yes",
  ];
}
