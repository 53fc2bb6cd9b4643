import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { GitTokens } from "../config/git-tokens";
import { formatDocument } from "./canonical-json";
import { renderCredentialsDocument } from "./credentials-document";
import type { DevServer } from "./DevServer";
import { hostCommand } from "./host-command";
import { hostSoftwareDirectory } from "./host-software";

/** The public halves of keys that a server made for its agents: agent → host → `ssh-ed25519 AAAA… wes-agent@dev-wes 2026-11-01`. */
export type AgentKeys = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What gave them, and what it printed: nothing on a server without credentials. */
export interface GivenCredentials {
  readonly commands: readonly command.remote.Command[];
  readonly publicKeys?: pulumi.Output<AgentKeys>;
}

/**
 * Gives the agents of a server what they get into git hosts by, and takes away what they had before. There is no such
 * Command on a server without credentials, so the last one that goes takes all of them along.
 *
 * The document is a secret: a preview says which credential changes by the arguments of the AgentUser. The program prints
 * public keys and nothing else, and Pulumi is told not to show even that.
 *
 * @param access This server's access Command.
 * @param allAccess Resolves when the access of every server is in force: this must hold up nobody's revocation.
 */
export function giveCredentials(
  server: DevServer,
  access: command.remote.Command,
  allAccess: Promise<unknown>,
  tokens: GitTokens,
): GivenCredentials {
  const document = renderCredentialsDocument(server.plan, tokens);
  if (Object.keys(document.agents).length === 0) return { commands: [] };
  const given = hostCommand(
    `${server.plan.name}-credentials`,
    {
      connection: server.connection,
      run: `sudo ${hostSoftwareDirectory}/apply-credentials`,
      stdin: pulumi.secret(formatDocument(document)),
      runOnDelete: `sudo ${hostSoftwareDirectory}/apply-credentials --remove`,
      logging: "none",
    },
    { parent: server, server: server.server, after: [access], notBefore: allAccess },
  );
  // The output of a program with a secret input counts as a secret. These are public halves, which somebody must read.
  const publicKeys = pulumi.unsecret(given.stdout).apply((text) => JSON.parse(text) as AgentKeys);
  return { commands: [given], publicKeys };
}
