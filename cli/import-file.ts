import { serverLabel, sharedName } from "../config/names";
import type { TeamPlan } from "../config/plan";
import type { HetznerItem } from "./hetzner-api";

/** One resource in the file that `pulumi import --file` reads. */
export interface ImportEntry {
  readonly type: string;
  /** Unique in the file. */
  readonly name: string;
  /** The name in the program, where it is another one. */
  readonly logicalName?: string;
  readonly id?: string;
  readonly component?: true;
  readonly parent?: string;
  readonly version?: string;
}

/** What a Hetzner project holds of a stack. */
export interface Adoption {
  readonly resources: readonly ImportEntry[];
  /** Names of the servers among them. */
  readonly servers: readonly string[];
  /** What an operator should know, as sentences. */
  readonly notices: readonly string[];
}

/** What may belong to the stack. */
export interface ProjectContents {
  readonly servers: readonly HetznerItem[];
  readonly firewalls: readonly HetznerItem[];
  readonly sshKeys: readonly HetznerItem[];
}

/**
 * Finds the stack's own things in its Hetzner project: servers by name and label, the deploy key by the key itself, the
 * firewall by name. What else the stack has (passwords, Commands) states an end, and is simply made again.
 *
 * @param version Of the hcloud plugin.
 */
export function adopt(
  { servers: planned }: TeamPlan,
  {
    stack,
    deployPublicKey,
    version,
  }: { readonly stack: string; readonly deployPublicKey: string; readonly version: string },
  { servers, firewalls, sshKeys }: ProjectContents,
): Adoption {
  const ours = servers.filter(({ labels }) => labels[serverLabel.key] === serverLabel.value);
  const names = new Set(planned.map(({ name }) => name));
  const taken = ours.filter(({ name }) => names.has(name));
  const key = sshKeys.find(({ publicKey }) => publicKey?.startsWith(deployPublicKey));
  const firewall = firewalls.find(({ name }) => name === sharedName(stack));
  return {
    servers: taken.map(({ name }) => name),
    resources: [
      ...(key === undefined
        ? []
        : [{ type: "hcloud:index/sshKey:SshKey", name: "deploy", id: String(key.id), version }]),
      ...(firewall === undefined
        ? []
        : [{ type: "hcloud:index/firewall:Firewall", name: "team", id: String(firewall.id), version }]),
      ...taken.flatMap(({ id, name }): ImportEntry[] => [
        {
          type: "team-runtime:index:DevServer",
          name: `${name} (all of it)`,
          logicalName: name,
          component: true,
        },
        { type: "hcloud:index/server:Server", name, id: String(id), parent: `${name} (all of it)`, version },
      ]),
    ],
    notices: [
      ...planned
        .filter(({ name }) => !taken.some((server) => server.name === name))
        .map(({ name }) =>
          servers.some((server) => server.name === name)
            ? `${name} is there without the label managed-by=team-runtime, so it is left alone. If it is yours, give it the label and run this again; pulumi up would fail on its name.`
            : `${name} is not in the project: pulumi up will make it, empty.`,
        ),
      ...ours
        .filter(({ name }) => !names.has(name))
        .map(
          ({ name }) =>
            `${name} is in the project and not in the team file: it is left alone. Is the team file the right one?`,
        ),
      ...(key === undefined
        ? ["The deploy key is not registered in the project: pulumi up will do it."]
        : []),
      ...(firewall === undefined
        ? [`The firewall ${sharedName(stack)} is not in the project: pulumi up will make it.`]
        : []),
    ],
  };
}
