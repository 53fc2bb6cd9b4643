import type * as command from "@pulumi/command";
import { formatDocument } from "./canonical-json";
import type { DevServer } from "./DevServer";
import { hostCommand } from "./host-command";
import { hostSoftwareDirectory } from "./host-software";
import { renderWorkplaceDocument } from "./workplace-document";

/**
 * Gives the agents of a server their workspaces and their limits. Apart from the access document, so that a repository that
 * cannot be cloned, or a limit that the server refuses, never keeps a revocation from being applied; and after the access
 * of all servers, for the same reason as the tools.
 */
export function prepareWorkplaces(
  server: DevServer,
  access: command.remote.Command,
  allAccess: Promise<unknown>,
): command.remote.Command {
  const { plan } = server;
  return hostCommand(
    `${plan.name}-workplaces`,
    {
      connection: server.connection,
      run: `sudo ${hostSoftwareDirectory}/apply-workplaces`,
      stdin: formatDocument(renderWorkplaceDocument(plan)),
    },
    {
      parent: server,
      server: server.server,
      after: [access],
      notBefore: allAccess,
      ignoreChanges: plan.state === "left" ? ["stdin"] : [],
    },
  );
}
