import type * as command from "@pulumi/command";
import type { EternalTerminalPackage } from "../config/eternal-terminal";
import { formatDocument } from "./canonical-json";
import type { DevServer } from "./DevServer";
import { hostCommand } from "./host-command";
import { hostSoftwareDirectory } from "./host-software";
import { renderToolsDocument } from "./tools-document";

/**
 * Installs, upgrades and removes the tools of a server: slow, and dependent on registries, so it comes after the access of
 * **all** servers. A tool that cannot be had would otherwise stop the engine before another server's access is applied.
 *
 * @param access This server's access Command.
 * @param allAccess Resolves when the access of every server is in force.
 * @param eternalTerminal Where that comes from, if it is known.
 */
export function installTools(
  server: DevServer,
  access: command.remote.Command,
  allAccess: Promise<unknown>,
  eternalTerminal?: EternalTerminalPackage,
): command.remote.Command {
  const { plan } = server;
  return hostCommand(
    `${plan.name}-tools`,
    {
      connection: server.connection,
      run: `sudo ${hostSoftwareDirectory}/apply-tools`,
      stdin: formatDocument(renderToolsDocument(plan, eternalTerminal)),
    },
    {
      parent: server,
      server: server.server,
      after: [access],
      notBefore: allAccess,
      // On a leaver's server everything stays as it was, until somebody has looked through it.
      ignoreChanges: plan.state === "left" ? ["stdin"] : [],
    },
  );
}
