import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostSoftwareDirectory } from "../components/host-software";
import type { ServerAddress } from "../components/ssh-client-config";
import { deployUser } from "../components/user-data";

/** The programs of the host software that commands run on a server. All read JSON on standard input. */
export type HostProgram = "apply-access" | "audit" | "freeze" | "freeze --thaw";

/** How a program on a server ended, or why the server could not be asked. */
export type ServerAnswer =
  | { readonly reached: true; readonly code: number; readonly stdout: string; readonly stderr: string }
  | { readonly reached: false; readonly reason: string };

/** Runs programs of the host software as root on servers, one ssh connection for each call. */
export interface ServerSsh {
  run(server: string, at: ServerAddress, program: HostProgram, input: string): Promise<ServerAnswer>;
}

/** Longer than the host programs wait for their lock and for a slow disk together. */
const timeLimit = 240_000;
const largestAnswer = 16 * 1024 * 1024;
/** ssh(1): the status when the connection itself failed. */
const connectionFailed = 255;

/**
 * Lets `work` run programs on servers as the deploy user, by the system's `ssh`. The deploy key and the pinned host keys
 * lie in a folder that only this user can read, for as long as the work takes.
 *
 * @param deployKey The private key, in OpenSSH's form.
 */
export async function withServerSsh<Result>(
  deployKey: string,
  work: (ssh: ServerSsh) => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "team-runtime-ssh-"));
  const remove = (): void => {
    rmSync(folder, { recursive: true, force: true });
  };
  // An interrupted command must not leave the key behind; 128 and the signal's number is what a shell expects.
  const interrupted = (signal: NodeJS.Signals): void => {
    remove();
    process.exit(signal === "SIGINT" ? 130 : 143);
  };
  process.once("SIGINT", interrupted).once("SIGTERM", interrupted);
  try {
    const keyFile = join(folder, "deploy");
    writeFileSync(keyFile, `${deployKey.trim()}\n`, { mode: 0o600 });
    return await work({
      run: (server, at, program, input) => {
        const knownHosts = join(folder, `known-hosts-${server}`);
        writeFileSync(knownHosts, `${server} ${at.hostKey.trim()}\n`, { mode: 0o600 });
        return runSsh(sshArguments({ server, at, keyFile, knownHosts, program }), input);
      },
    });
  } finally {
    process.off("SIGINT", interrupted).off("SIGTERM", interrupted);
    remove();
  }
}

/** One call of ssh. */
export interface SshCall {
  readonly server: string;
  readonly at: ServerAddress;
  readonly keyFile: string;
  readonly knownHosts: string;
  readonly program: HostProgram;
}

/** The arguments of ssh(1): the deploy key and the pinned host key, and nothing of this machine's own settings. */
export function sshArguments({ server, at, keyFile, knownHosts, program }: SshCall): readonly string[] {
  const options = {
    BatchMode: "yes",
    ClearAllForwardings: "yes",
    ConnectTimeout: "10",
    ControlMaster: "no",
    ControlPath: "none",
    ForwardAgent: "no",
    GlobalKnownHostsFile: "none",
    HostKeyAlias: server,
    IdentitiesOnly: "yes",
    IdentityAgent: "none",
    IdentityFile: quoted(keyFile),
    LogLevel: "ERROR",
    // A server that falls silent in the middle is given up after 20 seconds.
    ServerAliveCountMax: "4",
    ServerAliveInterval: "5",
    StrictHostKeyChecking: "yes",
    UpdateHostKeys: "no",
    UserKnownHostsFile: quoted(knownHosts),
  };
  return [
    ...["-F", "none", "-T"],
    ...Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]),
    ...["--", `${deployUser}@${at.address}`, `sudo ${hostSoftwareDirectory}/${program}`],
  ];
}

/** ssh_config(5): a file name with spaces stands in double quotes; % starts a token. */
function quoted(file: string): string {
  return `"${file.replaceAll("%", "%%")}"`;
}

function runSsh(args: readonly string[], input: string): Promise<ServerAnswer> {
  return new Promise((resolve) => {
    const options = { encoding: "utf8", maxBuffer: largestAnswer, timeout: timeLimit } as const;
    const child = execFile("ssh", [...args], options, (error, stdout, stderr) => {
      if (error?.killed === true)
        resolve({ reached: false, reason: `It had not answered after ${timeLimit / 1000} seconds.` });
      else if (error !== null && typeof error.code !== "number")
        resolve({ reached: false, reason: `ssh could not be started here (${String(error.code)}).` });
      else if (error?.code === connectionFailed) resolve({ reached: false, reason: lastLine(stderr) });
      else resolve({ reached: true, code: Number(error?.code ?? 0), stdout, stderr });
    });
    // A connection that fails closes its end; the failure is told above.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
  });
}

function lastLine(stderr: string): string {
  return stderr.trim().split("\n").at(-1)?.trim() ?? "";
}
