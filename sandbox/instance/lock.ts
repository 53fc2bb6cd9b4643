import { createHash } from "node:crypto";
import { connect, createServer, type Server, type Socket } from "node:net";

/** Who holds a lock, as shown to those who wait for it. */
export interface LockHolder {
  readonly pid: number;
  /** What was typed, for instance `npm run sandbox -- down`. */
  readonly command: string;
  /** Local time of day, `17:04:11`. */
  readonly since: string;
}

/**
 * Runs `work` while nobody else on this host holds the lock of the same name; waits for its turn.
 *
 * The lock is an abstract Unix socket (unix(7)): the kernel frees the name when its holder ends, however it ends, so a
 * stale lock cannot be. The holder answers each connection with who it is; a waiter learns by the end of the connection
 * that its turn may have come.
 *
 * @param onWait Called once for each holder that is waited for.
 */
export async function withLock<T>(
  name: string,
  command: string,
  onWait: (holder: LockHolder) => void,
  work: () => Promise<T>,
): Promise<T> {
  const address = `\0team-runtime/${createHash("sha256").update(name).digest("hex")}`;
  const holder = { pid: process.pid, command, since: new Date().toTimeString().slice(0, 8) };
  let lock = await take(address, holder);
  let announced: number | undefined;
  while (lock === undefined) {
    await untilReleased(address, (other) => {
      if (other.pid !== announced) onWait(other);
      announced = other.pid;
    });
    lock = await take(address, holder);
  }
  try {
    return await work();
  } finally {
    lock.release();
  }
}

async function take(address: string, holder: LockHolder): Promise<{ release(): void } | undefined> {
  const waiting = new Set<Socket>();
  const server: Server = createServer((socket) => {
    waiting.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => waiting.delete(socket));
    socket.write(`${JSON.stringify(holder)}\n`);
  });
  const held = await new Promise<boolean>((resolve, reject) => {
    server.once("listening", () => {
      resolve(true);
    });
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(false);
      else reject(error);
    });
    server.listen(address);
  });
  if (!held) return undefined;
  // Whoever waits must not keep a command alive that is done.
  server.unref();
  return {
    release: () => {
      server.close();
      for (const socket of waiting) socket.destroy();
    },
  };
}

async function untilReleased(address: string, onHolder: (holder: LockHolder) => void): Promise<void> {
  await new Promise<void>((resolve) => {
    const socket = connect(address);
    let text = "";
    socket.setEncoding("utf8").on("data", (part: string) => {
      text += part;
      if (text.endsWith("\n")) onHolder(JSON.parse(text) as LockHolder);
    });
    // Refused: it was released since. Reset: its holder was killed.
    socket.on("error", () => undefined);
    socket.on("close", () => {
      resolve();
    });
  });
}
