import { connect, type Socket } from "node:net";

import type { Client } from "ssh2";

import type { Connection } from "./connection";
import { algorithmsFor, parseHostKey, type HostKey } from "./host-key";

/**
 * One try to log in. Rejects with an error in the words of the official plugin (Go's net and ssh packages), so that
 * what users and hooks read does not depend on the plugin.
 */
export async function dial(connection: Connection): Promise<Client> {
  const hostKey = connection.hostKey === undefined ? undefined : parseHostKey(connection.hostKey);
  // Loaded here because most plugin processes (previews, unchanged stacks) never open a connection, and before the socket,
  // which must not be without a listener for its errors for a moment.
  const { Client } = await import("ssh2");
  const socket = await connectSocket(connection);
  return logIn(new Client(), connection, hostKey, socket);
}

const connectProblems: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connect: connection refused",
  EHOSTUNREACH: "connect: no route to host",
  ENETUNREACH: "connect: network is unreachable",
  ETIMEDOUT: "connect: connection timed out",
};

function connectSocket({ host, port, perDialTimeout }: Connection): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const fail = (problem: string) => {
      socket.destroy();
      reject(new Error(`dial tcp ${host}:${port}: ${problem}`));
    };
    const socket = connect({ host, port, noDelay: true });
    socket.setTimeout(perDialTimeout, () => {
      fail("i/o timeout");
    });
    socket.once("connect", () => {
      socket.setTimeout(0);
      socket.removeAllListeners("timeout").removeAllListeners("error");
      resolve(socket);
    });
    socket.once("error", (error: NodeJS.ErrnoException) => {
      fail(
        error.code === "ENOTFOUND" ? "no such host" : (connectProblems[error.code ?? ""] ?? error.message),
      );
    });
  });
}

async function logIn(
  client: Client,
  connection: Connection,
  hostKey: HostKey | undefined,
  socket: Socket,
): Promise<Client> {
  return new Promise((resolve, reject) => {
    let keyRefused = false;
    let failure: string | undefined;
    client.once("ready", () => {
      resolve(client);
    });
    client.on("error", (error) => {
      failure ??= keyRefused ? "ssh: host key mismatch" : handshakeProblem(error);
    });
    client.once("close", () => {
      reject(new Error(`ssh: handshake failed: ${failure ?? "EOF"}`));
    });
    try {
      client.connect({
        sock: socket,
        username: connection.user,
        ...(connection.privateKey === undefined ? {} : { privateKey: connection.privateKey }),
        // The official plugin waits for ever here; a host that accepts and then is silent must not block an update.
        readyTimeout: connection.perDialTimeout,
        ...(hostKey === undefined ? {} : { algorithms: { serverHostKey: algorithmsFor(hostKey) as never } }),
        hostVerifier: (shown: Buffer) => {
          keyRefused = hostKey !== undefined && !shown.equals(hostKey.bytes);
          return !keyRefused;
        },
      });
    } catch {
      // Only a private key that cannot be read is refused before anything is sent.
      socket.destroy();
      reject(new Error("ssh: no key found"));
    }
  });
}

function handshakeProblem(error: Error & { readonly level?: string; readonly code?: string }): string {
  if (error.level === "client-authentication") {
    return "ssh: unable to authenticate, attempted methods [none publickey], no supported methods remain";
  }
  if (error.level === "client-timeout") {
    return "i/o timeout";
  }
  if (error.message.includes("no matching host key format")) {
    return "ssh: host key mismatch";
  }
  if (error.code === "ECONNRESET") {
    return "read: connection reset by peer";
  }
  return error.message.includes("Connection lost before handshake") ? "EOF" : error.message;
}
