/**
 * The program of `listenInside`: sends its parent a listening socket for each port, and ends when the parent has them all.
 *
 * usage: listen-inside-main.js ADDRESS PORT...
 */
import { createServer } from "node:net";

const [address, ...ports] = process.argv.slice(2);

process.on("disconnect", () => process.exit(0));
for (const port of ports.map(Number)) {
  const server = createServer();
  server.listen(port, address, () => process.send?.(port, server));
}
