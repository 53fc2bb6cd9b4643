import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../config/project-root";
import type { NewServer } from "./new-server";

/**
 * What the program is responsible for on a server, in a form in which two servers, or two moments, that are the same for
 * every purpose are equal: see host_snapshot.py.
 */
export type HostSnapshot = Readonly<Record<string, unknown>>;

const program = readFileSync(join(projectRoot, "test/machine/host_snapshot.py"), "utf8");

/** Takes a snapshot as root, past sshd. */
export async function takeSnapshot(server: Pick<NewServer, "root">): Promise<HostSnapshot> {
  const { code, stdout, stderr } = await server.root("/usr/bin/python3 -IB -", program);
  if (code !== 0) throw new Error(`The snapshot ended with ${String(code)}: ${stderr}`);
  return JSON.parse(stdout) as HostSnapshot;
}

/** Who may do what as whom, and which keys open which account: what sudo and sshd have in force at this moment. */
export async function accessInForce(server: Pick<NewServer, "root">): Promise<ReadonlySet<string>> {
  const { code, stdout, stderr } = await server.root(
    "cvtsudoers -f json /etc/sudoers && cd /etc/ssh/authorized_keys && grep -r . .",
  );
  if (code !== 0) throw new Error(`The access in force could not be read: ${stderr}`);
  const end = stdout.indexOf("\n}") + 2;
  const sudoers = JSON.parse(stdout.slice(0, end)) as { readonly User_Specs?: readonly unknown[] };
  return new Set([
    ...(sudoers.User_Specs ?? []).map((rule) => JSON.stringify(rule)),
    ...stdout.slice(end).trim().split("\n"),
  ]);
}
