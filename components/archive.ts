import * as hcloud from "@pulumi/hcloud";
import * as pulumi from "@pulumi/pulumi";
import { serverLabel } from "../config/names";
import { apiFailureHook } from "./failure-advice";

/**
 * Keeps the last disks of servers that are destroyed. Pulumi makes before it deletes: in the update in which a server goes,
 * its snapshot is made first, and if that fails, the server stays.
 *
 * The server is named by the number that the stack exported, because it is no resource any more; and it goes on being named
 * so, because another number would be another snapshot.
 *
 * @param archived Names of those servers.
 * @param serverIds Numbers of servers as last applied, by name.
 * @returns The numbers of the servers whose disks are kept, by name, to be exported for the next time.
 */
export function archiveServers(
  archived: readonly string[],
  serverIds: ReadonlyMap<string, number>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    archived.flatMap((name): [string, string][] => {
      const serverId = serverIds.get(name);
      if (serverId === undefined) {
        void pulumi.log.warn(
          `${name} is no server of this stack, so there is no disk to keep. Fix: write server: destroyed instead of server: archived.`,
        );
        return [];
      }
      new hcloud.Snapshot(
        `${name}-archive`,
        {
          serverId,
          description: `${name}, before it was destroyed`,
          labels: { [serverLabel.key]: serverLabel.value, server: name },
        },
        { hooks: { onError: [apiFailureHook()] } },
      );
      return [[name, String(serverId)]];
    }),
  );
}
