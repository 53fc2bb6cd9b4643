import { createHash } from "node:crypto";
import * as hcloud from "@pulumi/hcloud";
import { sharedName } from "../config/names";
import { apiFailureHook } from "./failure-advice";

/** What all servers of a stack share in its Hetzner project. */
export interface SharedResources {
  readonly registeredKey: hcloud.SshKey;
  readonly firewall: hcloud.Firewall;
}

/**
 * Registers the deploy key and makes the firewall of the team's servers.
 *
 * @param stack Name of the stack; part of the names at Hetzner, so that two stacks can share a project.
 * @param deployKey Public key of the deploy user: `ssh-ed25519 AAAA…`.
 * @param sshFrom Networks (CIDR) that may reach SSH.
 */
export function sharedResources(
  stack: string,
  deployKey: string,
  sshFrom: readonly string[],
): SharedResources {
  const name = sharedName(stack);
  const options = { hooks: { onError: [apiFailureHook()] } };
  return {
    registeredKey: new hcloud.SshKey(
      "deploy",
      { name: `${name}-deploy-${shortFingerprint(deployKey)}`, publicKey: deployKey },
      options,
    ),
    firewall: new hcloud.Firewall(
      "team",
      {
        name,
        rules: [
          { direction: "in", protocol: "tcp", port: "22", sourceIps: [...sshFrom] },
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
