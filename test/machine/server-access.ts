import { run, type ProgramResult } from "../../engine/run";
import { plainSsh } from "../support/laptop";
import { openLiveSession, type LiveSession } from "../support/live-session";
import { throwAwayKey } from "../support/throw-away-key";
import type { AccessDocument } from "./access-on-server";
import type { NewServer } from "./new-server";

/** What tests do on a server that has the host software. */
export interface ServerAccess {
  /** Applies an access document; must succeed. Returns the lines that were printed. */
  apply(document: AccessDocument): Promise<string>;
  /** A command of a person, over SSH with that person's key. */
  as(person: string, command: string): Promise<ProgramResult>;
  /** An ssh of a person that is held open: with these options, and a command instead of a login shell. */
  sessionOf(person: string, options: readonly string[], command?: string): LiveSession;
  /** A command as root past sshd; must succeed. */
  must(command: string, input?: string): Promise<string>;
}

/** @param port Where its sshd is reached at the address. */
export function serverAccess(
  { name, address, root }: Pick<NewServer, "name" | "address" | "root">,
  port = 22,
): ServerAccess {
  const must: ServerAccess["must"] = async (command, input = "") => {
    const { code, stdout, stderr } = await root(command, input);
    if (code !== 0) throw new Error(`${name}: ${command} ended with ${String(code)}: ${stdout}${stderr}`);
    return stdout;
  };
  const ssh = (person: string): readonly string[] => [
    "-p",
    String(port),
    ...plainSsh(throwAwayKey(person).file, `${person}@${address}`),
  ];
  return {
    must,
    apply: (document) => must("/usr/local/lib/team-runtime/apply-access", JSON.stringify(document)),
    as: (person, command) => run("ssh", [...ssh(person), command]),
    sessionOf: (person, options, command) =>
      openLiveSession("ssh", [...options, ...ssh(person), ...(command === undefined ? [] : [command])]),
  };
}
