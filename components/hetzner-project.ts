import { createHash } from "node:crypto";
import * as hcloud from "@pulumi/hcloud";
import { sharedName } from "../config/names";
import { openingOf, type TerminalName } from "../config/terminals";
import { apiFailureHook } from "./failure-advice";

/** What all servers of a stack share in its Hetzner project. */
export interface SharedResources {
  readonly registeredKey: hcloud.SshKey;
  readonly firewall: hcloud.Firewall;
}

/** What the shared resources are made from. */
export interface SharedArgs {
  readonly deployKey: {
    /** `ssh-ed25519 AAAA…` */
    readonly publicKey: string;
  };
  /** Networks (CIDR) that may reach SSH, and what the terminal needs. */
  readonly sshFrom: readonly string[];
  /** What people come by. For any other one nothing is open. */
  readonly terminal: TerminalName;
}

/**
 * Registers the deploy key and makes the firewall of the team's servers.
 *
 * @param stack Name of the stack; part of the names at Hetzner, so that two stacks can share a project.
 */
export function sharedResources(
  stack: string,
  { deployKey: { publicKey }, sshFrom, terminal }: SharedArgs,
): SharedResources {
  const name = sharedName(stack);
  const opening = openingOf(terminal);
  const options = { hooks: { onError: [apiFailureHook()] } };
  return {
    registeredKey: new hcloud.SshKey(
      "deploy",
      { name: `${name}-deploy-${shortFingerprint(publicKey)}`, publicKey },
      options,
    ),
    firewall: new hcloud.Firewall(
      "team",
      {
        name,
        rules: [
          { direction: "in", protocol: "tcp", port: "22", sourceIps: [...sshFrom] },
          ...(opening === undefined ? [] : [{ direction: "in", ...opening, sourceIps: [...sshFrom] }]),
          // Path MTU discovery and ping.
          { direction: "in", protocol: "icmp", sourceIps: ["0.0.0.0/0", "::/0"] },
        ],
      },
      options,
    ),
  };
}

/** Part of the name, because another key is another resource, made before the old one goes, and names are unique at Hetzner. */
function shortFingerprint(publicKey: string): string {
  return createHash("sha256").update(publicKey).digest("hex").slice(0, 8);
}
