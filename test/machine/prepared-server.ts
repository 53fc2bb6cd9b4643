import { run, type ProgramResult } from "../../engine/run";
import { plainSsh } from "../support/laptop";
import type { TestSandbox } from "../support/sandbox";
import { openTerminal, type Terminal } from "../support/terminal";
import { throwAwayKey } from "../support/throw-away-key";
import { bootNewServer, identityCommand, installCommand, installRequest, type NewServer } from "./new-server";

/** A server with the host software, as Pulumi leaves it before the first access document. */
export interface PreparedServer extends NewServer {
  /** The key that the server made for itself. */
  readonly hostKey: string;
  /** Sends the host software and settings again, as the deploy user. */
  install(settings?: Readonly<Record<string, unknown>>): Promise<ProgramResult>;
  /** Applies an access document; must succeed. Returns the lines that were printed. */
  apply(document: AccessDocument): Promise<string>;
  /** A command of a person, over SSH with that person's key. */
  as(person: string, command: string): Promise<ProgramResult>;
  /** The same in a terminal. */
  terminalOf(person: string): Promise<Terminal>;
  /** A command as root past sshd; must succeed. */
  must(command: string): Promise<string>;
}

/** An access document in the form that the applier reads (see components/access-document.ts). */
export interface AccessDocument {
  readonly accounts: Readonly<Record<string, unknown>>;
  readonly keys: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly server: string;
  readonly sudoers: Readonly<Record<string, string>>;
  readonly version: number;
}

/** Boots a server and does what the first `pulumi up` does up to the access document. */
export async function bootPreparedServer(sandbox: TestSandbox, name: string): Promise<PreparedServer> {
  const server = await bootNewServer(sandbox, name);
  const hostKey = (await server.ssh(server.oneTimeKey, identityCommand)).stdout.trim();
  const install = (settings: Readonly<Record<string, unknown>> = {}): Promise<ProgramResult> =>
    server.ssh(hostKey, installCommand, installRequest(settings));
  const must = async (command: string, input = ""): Promise<string> => {
    const { code, stdout, stderr } = await server.root(command, input);
    if (code !== 0) throw new Error(`${name}: ${command} ended with ${String(code)}: ${stdout}${stderr}`);
    return stdout;
  };
  const { code, stderr } = await install();
  if (code !== 0) throw new Error(stderr);
  return {
    ...server,
    hostKey,
    install,
    must,
    apply: (document) => must("/usr/local/lib/team-runtime/apply-access", JSON.stringify(document)),
    as: (person, command) =>
      run("ssh", [...plainSsh(throwAwayKey(person).file, `${person}@${server.address}`), command]),
    terminalOf: (person) =>
      openTerminal(
        ["ssh", "-tt", ...plainSsh(throwAwayKey(person).file, `${person}@${server.address}`)],
        process.env,
      ),
  };
}

/** Wes on his own server, led by Marcus; with `marcusUntil` (`YYYYMMDDHHMMSSZ`) until then. */
export function wesLedByMarcus(server: string, marcusUntil?: string): AccessDocument {
  const key = (person: string): string => throwAwayKey(person).publicKey.split(" ").slice(0, 2).join(" ");
  const rule = (login: string, end = ""): string => `${login} ALL=(wes-agent) ${end}NOPASSWD:NOSETENV: ALL`;
  const expiry = marcusUntil === undefined ? "" : `,expiry-time="${marcusUntil}"`;
  return {
    accounts: {
      marcus: { kind: "human", role: "lead", state: "active", uid: 20300 },
      wes: { kind: "human", role: "owner", state: "active", uid: 20412 },
      "wes-agent": { kind: "agent", owner: "wes", state: "active", uid: 20413 },
    },
    keys: {
      marcus: { "hop key of dev-marcus": `restrict,pty${expiry} ${key("marcus")} marcus@dev-marcus` },
      wes: { laptop: `${key("wes")} wes` },
    },
    server,
    sudoers: {
      "marcus as wes-agent": rule("marcus", marcusUntil === undefined ? "" : `NOTAFTER=${marcusUntil} `),
      "wes as wes-agent": rule("wes"),
      "wes-agent as wes-agent": rule("wes-agent"),
    },
    version: 1,
  };
}
