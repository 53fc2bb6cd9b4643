import {
  knownHostsFile,
  LaptopKeyError,
  renderSshConfig,
  type LaptopKey,
  type SshClientConfig,
} from "../components/ssh-client-config";
import { plan } from "../config/plan";
import { byName } from "../config/names";
import { show } from "../config/show";
import { didYouMean } from "../config/suggest";
import type { StackServers } from "./stack-servers";
import { loadForCommand } from "./team-option";
import { exitCodes } from "./terminal";
import type { Terminal } from "./terminal";

export interface SshConfigRequest {
  /** Login. */
  readonly person: string;
  readonly file: string;
  /** Which of the two parts to print; both, with headings, by default. */
  readonly part: "both" | "config" | "known-hosts";
  /** Where the key is on the laptop. */
  readonly key: LaptopKey;
}

/** `team ssh-config`: what a person puts on their laptop to reach their servers. Returns the exit code. */
export function sshConfig(
  request: SshConfigRequest,
  readServers: () => StackServers,
  terminal: Terminal,
): number {
  const loaded = loadForCommand(request.file, terminal);
  if (typeof loaded === "number") return loaded;
  const places = new Map(
    plan(loaded.team).servers.flatMap((server) =>
      server.agents.filter(({ state }) => state === "active").map(({ owner }) => [owner, server]),
    ),
  );
  const own = places.get(request.person);
  if (own === undefined) {
    const logins = [...places.keys()].sort(byName);
    return refuse(
      `The team has no active person ${show(request.person)}.${didYouMean(request.person, logins)} Fix: use one of ${logins.join(", ")}.`,
      terminal,
    );
  }
  const stack = readServers();
  if (!stack.ok) return refuse(stack.sentence, terminal);
  const address = stack.servers.get(own.name);
  if (address === undefined)
    return refuse(`The stack has no server ${own.name} yet. Fix: run pulumi up.`, terminal);
  const rendered = render(request.person, own, address, request.key);
  if (typeof rendered === "string") return refuse(rendered, terminal);
  const { config, knownHosts } = rendered;
  if (request.part === "config") terminal.print(config);
  else if (request.part === "known-hosts") terminal.print(knownHosts);
  else
    terminal.print(
      `${heading("~/.ssh/config", "at its top")}${config}\n${heading(knownHostsFile, "instead of what is there")}${knownHosts}`,
    );
  return exitCodes.fine;
}

/** The files, or what is wrong with the paths that were given. */
function render(...[person, own, at, key]: Parameters<typeof renderSshConfig>): SshClientConfig | string {
  try {
    return renderSshConfig(person, own, at, key);
  } catch (error) {
    if (error instanceof LaptopKeyError) return error.message;
    throw error;
  }
}

/** Comments in both files, so that pasting a heading along does no harm. */
function heading(file: string, where: string): string {
  return `# ---- ${file}: paste ${where} ----\n`;
}

function refuse(sentence: string, terminal: Terminal): number {
  terminal.complain(`${sentence}\n`);
  return exitCodes.invalid;
}
