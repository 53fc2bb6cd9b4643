import { spawn } from "node:child_process";

import { Server, utils, type Connection } from "ssh2";

/** An SSH server for tests: user `deploy`, one key, commands run by /bin/sh, `LANG` and `LC_*` accepted. */
export interface TestSshServer {
  readonly port: number;
  /** Logs in. */
  readonly privateKey: string;
  /** As a line of authorized_keys. */
  readonly hostKey: string;
  /** Logins so far. */
  logins(): number;
  close(): Promise<void>;
}

export async function startSshServer(): Promise<TestSshServer> {
  const host = utils.generateKeyPairSync("ed25519");
  const login = utils.generateKeyPairSync("ed25519");
  const accepted = utils.parseKey(login.public);
  if (accepted instanceof Error) {
    throw accepted;
  }
  const clients = new Set<Connection>();
  let logins = 0;
  const server = new Server({ hostKeys: [host.private] }, (client) => {
    clients.add(client);
    client.on("error", () => undefined);
    client.on("close", () => clients.delete(client));
    client.on("authentication", (context) => {
      const isDeploy = context.username === "deploy" && context.method === "publickey";
      if (isDeploy && context.key.data.equals(accepted.getPublicSSH())) {
        context.accept();
      } else {
        context.reject(["publickey"]);
      }
    });
    client.on("ready", () => {
      logins += 1;
      serveSessions(client);
    });
  });
  const port = await new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      resolve((server.address() as { port: number }).port);
    });
  });
  return {
    port,
    privateKey: login.private,
    hostKey: host.public,
    logins: () => logins,
    close: () =>
      new Promise((resolve) => {
        for (const client of clients) {
          client.end();
        }
        server.close(() => {
          resolve();
        });
      }),
  };
}

function serveSessions(client: Connection): void {
  client.on("session", (acceptSession) => {
    const session = acceptSession();
    const environment: Record<string, string> = {};
    session.on("env", (accept, reject, { key, val }) => {
      if (/^(LANG|LC_.*)$/.test(key)) {
        environment[key] = val;
        (accept as (() => void) | undefined)?.();
      } else {
        (reject as (() => void) | undefined)?.();
      }
    });
    session.on("exec", (accept, _reject, { command }) => {
      const channel = accept();
      const shell = spawn("/bin/sh", ["-c", command], { env: { PATH: process.env["PATH"], ...environment } });
      // The command need not read its input.
      shell.stdin.on("error", () => undefined);
      channel.pipe(shell.stdin);
      shell.stdout.pipe(channel, { end: false });
      shell.stderr.pipe(channel.stderr, { end: false });
      shell.on("close", (code, signal) => {
        if (signal === null) {
          channel.exit(code ?? 1);
        } else {
          channel.exit(signal.replace(/^SIG/, ""), false, "");
        }
        channel.end();
      });
    });
  });
}
