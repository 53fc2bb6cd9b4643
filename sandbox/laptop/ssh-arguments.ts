import type { KnownServer } from "./known-servers";

/** A login from a person's laptop. */
export interface LaptopLogin {
  readonly person: string;
  /** File with the private key. */
  readonly key: string;
  /** The server that the laptop connects to. */
  readonly server: KnownServer;
  readonly knownHostsFile: string;
  /** Name of the server to go on to from there, as a lead does. */
  readonly onwardTo?: string;
  /** As given to ssh: its words are joined by spaces and run by the account's shell. Empty: a login shell. */
  readonly command: readonly string[];
  /** True when a person sits at a terminal, who wants one at the other end too. */
  readonly terminal: boolean;
}

/** The arguments of ssh(1) for a login: the person's key and the pinned host key, and nothing of the host's own settings. */
export function sshArguments(login: LaptopLogin): readonly string[] {
  const options = {
    GlobalKnownHostsFile: "none",
    HostKeyAlias: login.server.name,
    IdentitiesOnly: "yes",
    IdentityAgent: "none",
    IdentityFile: quoted(login.key),
    StrictHostKeyChecking: "yes",
    UpdateHostKeys: "no",
    UserKnownHostsFile: quoted(login.knownHostsFile),
  };
  return [
    ...["-F", "none"],
    ...Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]),
    ...(login.terminal ? ["-t"] : []),
    ...["--", `${login.person}@${login.server.address}`],
    ...(login.onwardTo === undefined ? login.command : onward(login.onwardTo, login)),
  ];
}

/** The words that the person's own server's shell gets: another ssh, by the alias that the program wrote there. */
function onward(server: string, { command, terminal }: LaptopLogin): readonly string[] {
  const line = command.join(" ");
  return ["ssh", ...(terminal ? ["-t"] : []), server, ...(line === "" ? [] : [shellQuoted(line)])];
}

/** One word for a POSIX shell, whatever is in it (POSIX.1-2017, 2.2.2). */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** ssh_config(5): a file name with spaces stands in double quotes; % starts a token. */
function quoted(file: string): string {
  return `"${file.replaceAll("%", "%%")}"`;
}
