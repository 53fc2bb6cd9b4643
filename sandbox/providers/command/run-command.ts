import type { Client, ClientChannel } from "ssh2";

import type { ResourceLog } from "../protocol/resource";
import { goQuote } from "./go-quote";
import { LineLog } from "./line-log";

/** What to run and what to show of it. */
export interface RemoteRun {
  /** Given to the login shell as it is. */
  readonly text: string;
  readonly stdin: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Which outputs are shown line by line while it runs. */
  readonly showStdout: boolean;
  readonly showStderr: boolean;
}

/** What a command left behind; each text has lost its last newline. */
export interface RemoteResult {
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs one command over an open connection. Rejects when it does not end with status 0; the error carries the command
 * and everything that it wrote, as with the official plugin.
 */
export async function runCommand(client: Client, run: RemoteRun, log: ResourceLog): Promise<RemoteResult> {
  const channel = await openChannel(client, run);
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  const both: Buffer[] = [];
  const lines = new LineLog((line) => {
    log.status(line);
  });
  channel.on("data", (data: Buffer) => {
    stdout.push(data);
    both.push(data);
    if (run.showStdout) {
      lines.write(data);
    }
  });
  channel.stderr.on("data", (data: Buffer) => {
    stderr.push(data);
    both.push(data);
    if (run.showStderr) {
      lines.write(data);
    }
  });
  const ended = endOf(channel);
  channel.end(run.stdin);
  const problem = await ended;
  lines.end();
  if (problem !== undefined) {
    throw new Error(`${problem}: running ${goQuote(run.text)}:\n${Buffer.concat(both).toString()}`);
  }
  return { stdout: withoutLastNewline(stdout), stderr: withoutLastNewline(stderr) };
}

function openChannel(client: Client, run: RemoteRun): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    client.exec(run.text, { env: { ...run.environment } }, (error, channel) => {
      if (error === undefined) {
        resolve(channel);
      } else {
        reject(error);
      }
    });
  });
}

/** Resolves with what went wrong, or undefined for status 0, in the words of Go's ssh package. */
function endOf(channel: ClientChannel): Promise<string | undefined> {
  return new Promise((resolve) => {
    let problem: string | undefined = "wait: remote command exited without exit status or exit signal";
    channel.on("exit", (code: number | null, signalName?: string) => {
      const signal = signalName?.replace(/^SIG/, "");
      if (code === 0) {
        problem = undefined;
      } else {
        problem =
          signal === undefined
            ? `Process exited with status ${code ?? 1}`
            : `Process exited with status ${128 + (signalNumbers[signal] ?? 0)} from signal ${signal}`;
      }
    });
    channel.on("close", () => {
      resolve(problem);
    });
  });
}

/** Signals that SSH can name (RFC 4254, section 6.10), by their Linux number. */
const signalNumbers: Readonly<Record<string, number>> = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  ILL: 4,
  ABRT: 6,
  FPE: 8,
  KILL: 9,
  USR1: 10,
  SEGV: 11,
  USR2: 12,
  PIPE: 13,
  ALRM: 14,
  TERM: 15,
};

function withoutLastNewline(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString().replace(/\n$/, "");
}
