/**
 * The program of a NamespaceHelper: runs in an instance's network namespace as a child of the daemon, connects each
 * socket that it gets to the destination that came with it, and ends with its parent.
 */
import { connect, type Socket } from "node:net";
import type { Destination } from "./namespace-helper";

process.on("disconnect", () => process.exit(0));
process.on("message", (message, handle) => {
  // The socket is already closed when the client gave up in between.
  if (handle !== undefined) join(handle as Socket, message as Destination);
});

function join(outside: Socket, { address, port }: Destination): void {
  const inside = connect({ host: address, port, allowHalfOpen: true });
  outside.allowHalfOpen = true;
  // A reset, not an orderly end: to the client the machine has no such service.
  outside.on("error", () => inside.destroy());
  inside.on("error", () => outside.resetAndDestroy());
  outside.on("close", () => {
    inside.destroySoon();
  });
  inside.on("close", () => {
    outside.destroySoon();
  });
  outside.pipe(inside);
  inside.pipe(outside);
}
