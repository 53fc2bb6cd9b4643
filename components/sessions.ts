import type * as pulumi from "@pulumi/pulumi";
import type { DevServer } from "./DevServer";
import { hostCommand } from "./host-command";
import { hostSoftwareDirectory } from "./host-software";

/** Those of the agents' tools that uxon 3.4.0 can start. Others run in plain tmux, where uxon does not list them. */
const startedByUxon: readonly string[] = ["claude", "codex"];

/**
 * Configures the session manager of a server: whose agents live there, and which tools they have. The program itself is one of
 * the server's tools, and what a lead sees of other servers belongs to the peers Command. Without a session manager there
 * is no such Command, and the one that was there takes its configuration along.
 *
 * @param after The command that makes the accounts.
 */
export function manageSessions(server: DevServer, after: pulumi.Resource): void {
  const { agents, name, sessionManager, state } = server.plan;
  if (sessionManager === "none") return;
  const here = agents.filter((agent) => agent.state === state);
  const request = {
    agentTools: server.plan.tools.map((tool) => tool.name).filter((tool) => startedByUxon.includes(tool)),
    owners: Object.fromEntries(here.map(({ login, owner }) => [owner, login])),
  };
  hostCommand(
    `${name}-sessions`,
    {
      connection: server.connection,
      run: `sudo ${hostSoftwareDirectory}/apply-sessions`,
      stdin: `${JSON.stringify(request, null, 2)}\n`,
      runOnDelete: `sudo ${hostSoftwareDirectory}/apply-sessions --remove`,
    },
    {
      parent: server,
      server: server.server,
      after: [after],
      // On a leaver's server everything stays as it was, until somebody has looked through it.
      ignoreChanges: state === "left" ? ["stdin"] : [],
    },
  );
}
