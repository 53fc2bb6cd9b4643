import type { ProgramResult } from "../../engine/run";
import { plainSsh } from "../support/laptop";
import type { TestSandbox } from "../support/sandbox";
import { openTerminal, type Terminal } from "../support/terminal";
import { throwAwayKey } from "../support/throw-away-key";
import { accessOn, type AccessDocument } from "./access-on-server";
import { bootNewServer, identityCommand, installCommand, installRequest, type NewServer } from "./new-server";
import { serverAccess, type ServerAccess } from "./server-access";

export type { AccessDocument } from "./access-on-server";

/** A server with the host software, as Pulumi leaves it before the first access document. */
export interface PreparedServer extends NewServer, ServerAccess {
  /** The key that the server made for itself. */
  readonly hostKey: string;
  /** Sends the host software and settings again, as the deploy user. */
  install(settings?: Readonly<Record<string, unknown>>): Promise<ProgramResult>;
  /** A login shell of a person, in a terminal. */
  terminalOf(person: string): Promise<Terminal>;
}

/** Boots a server and does what the first `pulumi up` does up to the access document. */
export async function bootPreparedServer(sandbox: TestSandbox, name: string): Promise<PreparedServer> {
  const server = await bootNewServer(sandbox, name);
  const hostKey = (await server.ssh(server.oneTimeKey, identityCommand)).stdout.trim();
  const install = (settings: Readonly<Record<string, unknown>> = {}): Promise<ProgramResult> =>
    server.ssh(hostKey, installCommand, installRequest(settings));
  const { code, stderr } = await install();
  if (code !== 0) throw new Error(stderr);
  return {
    ...server,
    hostKey,
    install,
    ...serverAccess(server),
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
