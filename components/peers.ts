import * as pulumi from "@pulumi/pulumi";
import type { Servers } from "./access";
import type { DevServer } from "./DevServer";
import { hostCommand } from "./host-command";
import { hostSoftwareDirectory } from "./host-software";

/**
 * Writes on a lead's own server how to reach the servers that they lead: aliases, pinned host keys, and what the session
 * manager lists. A convenience, never the authority: each of those servers decides by its own access document.
 *
 * @param after The command that makes the lead's account.
 */
export function connectLead(server: DevServer, servers: Servers, after: pulumi.Resource): void {
  const { leads, name, sessionManager } = server.plan;
  if (leads === undefined) return;
  const peers = leads.servers.map((peer) => {
    const led = servers.get(peer);
    if (led === undefined) throw new Error(`${peer} is not a server of this stack.`);
    return pulumi
      .all([led.address, led.hostKey])
      .apply(([address, hostKey]) => [peer, { address, hostKey }] as const);
  });
  hostCommand(
    `${name}-peers`,
    {
      connection: server.connection,
      run: `sudo ${hostSoftwareDirectory}/apply-peers`,
      stdin: pulumi
        .all(peers)
        .apply(
          (known) =>
            `${JSON.stringify({ login: leads.login, peers: Object.fromEntries(known), sessionManager }, null, 2)}\n`,
        ),
      runOnDelete: `sudo ${hostSoftwareDirectory}/apply-peers --remove`,
    },
    { parent: server, server: server.server, after: [after] },
  );
}
