/**
 * The program of a NamespaceHelper: runs in an instance's network namespace as a child of the daemon.
 *
 * usage: namespace-helper-main.js NUMBER
 *
 * First sends the proxy's listening socket to its parent, then connects each socket that it gets to the destination
 * that came with it. Ends with its parent.
 */
import { connect, createServer, type Socket } from "node:net";
import { gatewayAddress, proxyPort } from "./addresses";
import type { Destination } from "./namespace-helper";

const number = Number(process.argv[2]);

process.on("disconnect", () => process.exit(0));
process.on("message", (message, handle) => {
  // The socket is already closed when the client gave up in between.
  if (handle !== undefined) join(handle as Socket, message as Destination);
});

const proxy = createServer();
proxy.listen(proxyPort, gatewayAddress(number), () => {
  process.send?.("proxy", proxy, () => {
    proxy.close();
  });
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
