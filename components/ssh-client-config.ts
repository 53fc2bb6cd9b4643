import { isIP } from "node:net";
import { readPublicKey } from "../config/keys";
import { byName } from "../config/names";
import type { ServerPlan } from "../config/plan";
import { show } from "../config/show";
import type { TerminalName } from "../config/terminals";

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

/** Where the person's private key lives, for keys that ssh does not look for by itself. */
export interface LaptopKey {
  /** File of the key, or of the public half of one that an agent holds. */
  readonly identityFile?: string;
  /** Socket of the agent that holds it: of a Secure Enclave or a TPM. */
  readonly identityAgent?: string;
}

/**
 * The blocks of `~/.ssh/config` for one person: the server where they work, and through it the servers that they lead
 * (ssh_config(5)). A led server lets in only the hop key, which lives on the lead's own server.
 *
 * Addresses and keys come from machines, so they are checked. Throws with a sentence when one is not what it should be.
 *
 * @param person Login.
 * @param own The person's server, which may be shared.
 * @param at How that server is reached.
 * @param key Where the person's key is, unless it has a name that ssh tries by itself.
 */
export function renderSshConfig(
  person: string,
  own: ServerPlan,
  at: ServerAddress,
  key: LaptopKey = {},
): SshClientConfig {
  if (isIP(at.address) === 0) throw new Error(`The stack exports no IP address for ${own.name}.`);
  const hostKey = readPublicKey(at.hostKey.trim());
  if (!hostKey.ok) throw new Error(`The stack exports no host key for ${own.name}.`);
  const led = [...(own.leads?.find(({ login }) => login === person)?.servers ?? [])].sort(byName);
  const reach: Reach = {
    person,
    own: own.name,
    terminal: own.terminal,
    address: at.address,
    identity: identityLines(key),
  };
  const blocks = [ownServer(reach), ...led.map((server) => ledServer(server, reach))];
  return {
    config: blocks.join("\n"),
    knownHosts: `${own.name} ${hostKey.value.type} ${hostKey.value.base64}\n`,
  };
}

/** How both kinds of block reach the person's own server. */
interface Reach {
  readonly person: string;
  /** Name of that server. */
  readonly own: string;
  /** What people come by there. */
  readonly terminal: TerminalName;
  readonly address: string;
  /** Lines of a block. */
  readonly identity: readonly string[];
}

/** Throws with a sentence when a path cannot stand in a configuration file. */
function identityLines({ identityFile, identityAgent }: LaptopKey): readonly string[] {
  return [
    ...(identityFile === undefined ? [] : [`  IdentityFile ${quoted("--identity", identityFile)}`]),
    ...(identityAgent === undefined ? [] : [`  IdentityAgent ${quoted("--agent", identityAgent)}`]),
  ];
}

/** ssh knows no way to write a quote or a line break within quotes, and expands % and ${} in paths (ssh_config(5), TOKENS). */
function quoted(option: string, path: string): string {
  if (/^[^"\\\p{Cc}]+$/u.test(path)) return `"${path}"`;
  throw new LaptopKeyError(
    `${option}: ${show(path)} has a character that ssh_config cannot hold. Fix: give a path without quotes, backslashes and line breaks.`,
  );
}

/** A path that the user gave and ssh could not read. */
export class LaptopKeyError extends Error {}

function ownServer(reach: Reach): string {
  const { own, person, identity, terminal } = reach;
  const hint = identity.length > 0 ? "" : " If your key has an unusual name, add IdentityFile.";
  return [
    `# team-runtime: the server of ${person}.${hint}`,
    ...(terminal === "ssh" ? [] : [`# A session that survives a lost connection: ${terminal} ${own}`]),
    ...block(own, reach),
    "",
  ].join("\n");
}

function ledServer(server: string, reach: Reach): string {
  const { own, person } = reach;
  return [
    `# team-runtime: ${server}, which ${person} leads. It is reached through ${own}, because it lets in only the key`,
    `# that lives there. So this is an ssh within an ssh: copying files and forwarding ports work from ${own}.`,
    ...onwards(server, reach),
    ...block(server, reach),
    `  RemoteCommand ssh ${server}`,
    "  RequestTTY yes",
    "  ControlMaster no",
    // The alias has the address of the own server: an open connection to that one must not be taken for it.
    "  ControlPath none",
    "",
  ].join("\n");
}

/** mosh and et bring a command of their own, which ssh refuses beside the RemoteCommand: so they go to the own server. */
function onwards(server: string, { own, terminal }: Reach): string[] {
  switch (terminal) {
    case "ssh":
      return [];
    case "mosh":
      return [`# A session that survives a lost connection: mosh ${own} -- ssh -t ${server}`];
    case "et":
      return [`# A session that survives a lost connection: et ${own} -c "exec ssh ${server}"`];
  }
}

/** The lines by which both kinds of block reach the person's own server and no other. */
function block(alias: string, { person, own, address, identity }: Reach): string[] {
  return [
    `Host ${alias}`,
    `  HostName ${address}`,
    `  User ${person}`,
    `  HostKeyAlias ${own}`,
    ...identity,
    "  IdentitiesOnly yes",
    "  ForwardAgent no",
    `  UserKnownHostsFile ${knownHostsFile}`,
    "  StrictHostKeyChecking yes",
  ];
}
