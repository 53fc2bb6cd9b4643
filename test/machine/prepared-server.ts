import { run, type ProgramResult } from "../../engine/run";
import { plainSsh } from "../support/laptop";
import { openLiveSession, type LiveSession } from "../support/live-session";
import type { TestSandbox } from "../support/sandbox";
import { openTerminal, type Terminal } from "../support/terminal";
import { throwAwayKey } from "../support/throw-away-key";
import { accessOn, type AccessDocument } from "./access-on-server";
import { bootNewServer, identityCommand, installCommand, installRequest, type NewServer } from "./new-server";

export type { AccessDocument } from "./access-on-server";

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
  /** An ssh of a person that is held open: with these options, and a command instead of a login shell. */
  sessionOf(person: string, options: readonly string[], command?: string): LiveSession;
  /** A command as root past sshd; must succeed. */
  must(command: string, input?: string): Promise<string>;
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
    sessionOf: (person, options, command) => {
      const target = plainSsh(throwAwayKey(person).file, `${person}@${server.address}`);
      return openLiveSession("ssh", [...options, ...target, ...(command === undefined ? [] : [command])]);
    },
    terminalOf: (person) =>
      openTerminal(
        ["ssh", "-tt", ...plainSsh(throwAwayKey(person).file, `${person}@${server.address}`)],
        process.env,
      ),
  };
}

/** Wes on his own server, led by Marcus; with `marcusUntil` (`YYYYMMDDHHMMSSZ`) until then. */
export function wesLedByMarcus(server: string, marcusUntil?: string): AccessDocument {
  const until = marcusUntil === undefined ? {} : { until: marcusUntil };
  return accessOn(server, [{ login: "wes" }], [{ lead: "marcus", over: "wes", ...until }]);
}

/** The same with these keys of Wes's, who has a laptop (`wes`) and a desktop. */
export function wesWithKeys(server: string, ...keys: readonly ("wes" | "desktop")[]): AccessDocument {
  const document = wesLedByMarcus(server);
  const lines = keys.map((key) => {
    const [type = "", base64 = ""] = throwAwayKey(key).publicKey.split(" ");
    return [key, `${type} ${base64} wes`] as const;
  });
  return { ...document, keys: { ...document.keys, wes: Object.fromEntries(lines) } };
}
