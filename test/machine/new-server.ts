import { randomBytes } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readHostSoftware, type HostFiles } from "../../components/host-software";
import { hostKeyFromSeed } from "../../components/one-time-host-key";
import { renderUserData } from "../../components/user-data";
import { run, type ProgramResult } from "../../engine/run";
import type { TestSandbox } from "../support/sandbox";
import { throwAwayKey } from "../support/throw-away-key";
import { until } from "../support/until";

const hostPrograms = "/usr/local/lib/team-runtime";

/** A server as Pulumi meets it first: booted with the program's own user_data, and nothing of ours run on it yet. */
export interface NewServer {
  readonly name: string;
  readonly address: string;
  /** Public half of the one-time host key: what the first connection is pinned to. */
  readonly oneTimeKey: string;
  /** A command as the deploy user, over a new connection that accepts this host key and no other; `cut` kills the client. */
  ssh(hostKey: string, command: string, input?: string, cut?: AbortSignal): Promise<ProgramResult>;
  /** A command as root past sshd, by a shell of the machine. */
  root(command: string, input?: string): Promise<ProgramResult>;
}

/** Orders a server from the sandbox's API and waits until its first boot is over. */
export async function bootNewServer(sandbox: TestSandbox, name: string): Promise<NewServer> {
  const oneTimeHostKey = hostKeyFromSeed(randomBytes(32));
  const deployKey = throwAwayKey("deploy");
  const { server } = (await sandbox.api("/servers", {
    name,
    server_type: "cx22",
    image: "debian-12",
    ssh_keys: ["test"],
    user_data: renderUserData({ deployKey: deployKey.publicKey, oneTimeHostKey }),
  })) as { server: { public_net: { ipv4: { ip: string } } } };
  const address = server.public_net.ipv4.ip;
  const knownHosts = join(mkdtempSync(join(tmpdir(), "new-server-")), "known_hosts");

  const newServer: NewServer = {
    name,
    address,
    oneTimeKey: oneTimeHostKey.publicKey,
    ssh(hostKey, command, input = "", cut) {
      writeFileSync(knownHosts, `${address} ${hostKey}\n`);
      const options = {
        UserKnownHostsFile: knownHosts,
        GlobalKnownHostsFile: "/dev/null",
        StrictHostKeyChecking: "yes",
        HostKeyAlgorithms: hostKey.split(" ")[0] ?? "",
        IdentitiesOnly: "yes",
        BatchMode: "yes",
        ConnectTimeout: "5",
      };
      const words = Object.entries(options).flatMap(([option, value]) => ["-o", `${option}=${value}`]);
      return run("ssh", ["-F", "none", "-i", deployKey.file, ...words, `deploy@${address}`, command], {
        input,
        ...(cut === undefined ? {} : { abort: cut }),
      });
    },
    async root(command, input = "") {
      const [program, ...args] = await sandbox.console(name, ["bash", "-c", command]);
      return run(program, args, { input });
    },
  };
  await until(
    async () => (await newServer.root("cloud-init status --wait")).code === 0,
    60,
    () => `${name}: the first boot does not end.`,
  );
  return newServer;
}

/** What Pulumi sends to `install`: the host software as it is in this clone, and settings. */
export function installRequest(
  settings: Readonly<Record<string, unknown>> = {},
  change: (files: HostFiles) => HostFiles = (files) => files,
): string {
  return JSON.stringify({ files: change(readHostSoftware()), settings });
}

export const identityCommand = `sudo ${hostPrograms}/identity`;
export const installCommand = `sudo ${hostPrograms}/install`;
