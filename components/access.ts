import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { renderAccessDocument } from "./access-document";
import { keyKind } from "./authorized-keys";
import { formatDocument } from "./canonical-json";
import { grantName } from "../config/names";
import { AgentUser } from "./AgentUser";
import type { DevServer } from "./DevServer";
import { hostCommand } from "./host-command";
import { hostSoftwareDirectory } from "./host-software";
import { HumanUser } from "./HumanUser";
import { LeadGrant } from "./LeadGrant";

/** Every server of the stack by name: a lead's key and address come from the lead's own server. */
export type Servers = ReadonlyMap<string, DevServer>;

/**
 * Puts a server's access document in force: the one resource that changes who may do what there. It is always an update
 * (never a deletion), so a revocation runs early, in one connection, and by omission.
 */
export function applyAccess(server: DevServer, servers: Servers): command.remote.Command {
  const { plan } = server;
  const options = { parent: server };
  for (const { login, uid, state, role, keys } of plan.humans) {
    if (role !== "owner") continue;
    const shown = Object.fromEntries(keys.map((key) => [key.fingerprint, keyKind(key)]));
    new HumanUser(`${plan.name}/${login}`, { login, uid, state, keys: shown }, options);
  }
  for (const { login, uid, owner, state } of plan.agents) {
    const shown = Object.fromEntries(
      plan.workplaces
        .filter(({ agent }) => agent === login)
        .flatMap(({ credentials }) =>
          credentials.map(({ host, kind, generation }) => [host, `${kind} ${generation}`]),
        ),
    );
    new AgentUser(
      `${plan.name}/${login}`,
      { login, uid, owner, state, ...(Object.keys(shown).length === 0 ? {} : { credentials: shown }) },
      options,
    );
  }
  for (const { lead, over, runAs, mode, until, reason } of plan.grants) {
    new LeadGrant(
      `${plan.name}/${grantName(plan.name, { lead, over })}`,
      {
        lead,
        runAs,
        onServer: plan.name,
        mode,
        ...(until === undefined ? {} : { until }),
        ...(reason === undefined ? {} : { reason }),
      },
      options,
    );
  }
  return hostCommand(
    `${plan.name}-access`,
    {
      connection: server.connection,
      run: `sudo ${hostSoftwareDirectory}/apply-access`,
      stdin: accessText(server, servers),
    },
    { parent: server, server: server.server, after: server.ready },
  );
}

/** The document's text. It waits for the public halves of the leads' hop keys, which their own servers print. */
function accessText(server: DevServer, servers: Servers): pulumi.Output<string> {
  const fromElsewhere = server.plan.grants.filter(({ leadServer }) => leadServer !== server.plan.name);
  const leadServers = fromElsewhere.map(({ lead, leadServer: name }) => {
    const leadServer = servers.get(name);
    const hop = leadServer?.hops.get(lead);
    if (leadServer === undefined || hop === undefined) throw new Error(`${lead} has no hop key on ${name}.`);
    return { lead, name, key: hop.stdout, address: leadServer.address };
  });
  return pulumi.all(leadServers).apply((known) =>
    formatDocument(
      renderAccessDocument(server.plan, {
        hopKeys: new Map(known.map(({ lead, key }) => [lead, key])),
        addresses: new Map(known.map(({ name, address }) => [name, address])),
      }),
    ),
  );
}
