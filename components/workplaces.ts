import type * as command from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { formatDocument } from "./canonical-json";
import type { DevServer } from "./DevServer";
import { hostCommand } from "./host-command";
import { hostSoftwareDirectory } from "./host-software";
import { renderWorkplaceDocument } from "./workplace-document";

/**
 * Gives the agents of a server their workspaces and their limits. Apart from the access document, so that a repository that
 * cannot be cloned, or a limit that the server refuses, never keeps a revocation from being applied; and after the access
 * of all servers, for the same reason as the tools.
 *
 * @param after What makes the accounts, and what gives the agents the credentials with which they clone.
 */
export function prepareWorkplaces(
  server: DevServer,
  after: readonly pulumi.Resource[],
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
      after,
      notBefore: allAccess,
      ignoreChanges: plan.state === "left" ? ["stdin"] : [],
    },
  );
}
