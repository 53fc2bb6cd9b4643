import * as pulumi from "@pulumi/pulumi";
import { placeOf } from "../config/names";
import type { LeadPlan } from "../config/plan";
import type { Servers } from "./access";
import type { DevServer } from "./DevServer";
import { hostCommand } from "./host-command";
import { hostSoftwareDirectory } from "./host-software";

/**
 * Writes on the server where a lead works how to reach the servers that they lead: aliases, pinned host keys, and what the session
 * manager lists. A convenience, never the authority: each of those servers decides by its own access document.
 *
 * @param after The command that makes the leads' accounts.
 */
export function connectLeads(server: DevServer, servers: Servers, after: pulumi.Resource): void {
  for (const lead of server.plan.leads ?? []) connect(lead, server, servers, after);
}

function connect(lead: LeadPlan, server: DevServer, servers: Servers, after: pulumi.Resource): void {
  const { name, sessionManager } = server.plan;
  const peers = lead.servers.map((peer) => {
    const led = servers.get(peer);
    if (led === undefined) throw new Error(`${peer} is not a server of this stack.`);
    return pulumi
      .all([led.address, led.hostKey])
      .apply(([address, hostKey]) => [peer, { address, hostKey }] as const);
  });
  hostCommand(
    `${placeOf(name, lead.login)}-peers`,
    {
      connection: server.connection,
      run: `sudo ${hostSoftwareDirectory}/apply-peers`,
      stdin: pulumi
        .all(peers)
        .apply(
          (known) =>
            `${JSON.stringify({ login: lead.login, peers: Object.fromEntries(known), sessionManager }, null, 2)}\n`,
        ),
      runOnDelete: `sudo ${hostSoftwareDirectory}/apply-peers --remove`,
    },
    { parent: server, server: server.server, after: [after] },
  );
}
