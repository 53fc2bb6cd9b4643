import type { Provider } from "../protocol/resource";
import { clientOptions, configurationFailures } from "./configuration";
import { firewallResource } from "./firewall";
import { HetznerClient, type HetznerClientOptions } from "./hetzner-client";
import { serverResource } from "./server";
import { snapshotResource } from "./snapshot";
import { sshKeyResource } from "./ssh-key";
import { volumeResource } from "./volume";

/**
 * Stand-in for the hcloud plugin 1.35.0: servers, SSH keys, firewalls, snapshots and volumes. `overrides` is for
 * tests, which bring an API without a network and short delays.
 */
export function hcloudProvider(
  environment: Readonly<Record<string, string | undefined>>,
  overrides: Partial<HetznerClientOptions> = {},
): Provider {
  let configured: HetznerClient | undefined;
  const client = () => {
    if (configured === undefined) {
      throw new Error("The hcloud plugin was not configured.");
    }
    return configured;
  };
  return {
    name: "hcloud",
    version: "1.35.0",
    acceptSecrets: false,
    resources: new Map([
      ["hcloud:index/firewall:Firewall", firewallResource(client)],
      ["hcloud:index/server:Server", serverResource(client)],
      ["hcloud:index/snapshot:Snapshot", snapshotResource(client)],
      ["hcloud:index/sshKey:SshKey", sshKeyResource(client)],
      ["hcloud:index/volume:Volume", volumeResource(client)],
    ]),
    checkConfiguration: (configuration) => configurationFailures(configuration, environment),
    configure: (configuration) => {
      configured = new HetznerClient({ ...clientOptions(configuration, environment), ...overrides });
    },
  };
}
