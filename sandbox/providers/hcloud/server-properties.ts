import { createHash } from "node:crypto";

import type { Properties, PropertyValue } from "../protocol/property-values";
import type { PropertyRule } from "./property-rules";

/** The inputs of a server that the stand-in knows. */
export const serverRules: readonly PropertyRule[] = [
  { name: "name", shape: "value" },
  { name: "serverType", shape: "value" },
  { name: "image", shape: "value", replaces: true },
  { name: "location", shape: "value", replaces: true },
  { name: "userData", shape: "value", absent: null, replaces: true, stored: hashOf },
  { name: "sshKeys", shape: "list", absent: [], replaces: true },
  { name: "labels", shape: "map", absent: {} },
  { name: "firewallIds", shape: "set" },
  { name: "backups", shape: "value", absent: false },
  { name: "deleteProtection", shape: "value", absent: false },
  { name: "rebuildProtection", shape: "value", absent: false },
  { name: "keepDisk", shape: "value", absent: false },
  { name: "shutdownBeforeDeletion", shape: "value", absent: false },
];
/** Outputs that only the API can tell. */
export const computedServerOutputs = [
  "backupWindow",
  "datacenter",
  "firewallIds",
  "id",
  "ipv4Address",
  "ipv6Address",
  "ipv6Network",
  "location",
  "primaryDiskSize",
  "status",
];

/** A server as far as the outputs need it. */
export interface ApiServer {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  readonly backup_window: string | null;
  readonly datacenter: { readonly name: string };
  readonly location: { readonly name: string };
  readonly image: { readonly id: number; readonly name: string | null } | null;
  readonly labels: Record<string, string>;
  readonly primary_disk_size: number;
  readonly protection: { readonly delete: boolean; readonly rebuild: boolean };
  readonly public_net: {
    readonly ipv4: { readonly ip: string };
    readonly ipv6: { readonly ip: string };
    readonly firewalls: readonly { readonly id: number }[];
  };
  readonly server_type: { readonly name: string };
}

/** The outputs of a server as the API shows it; what the API does not show is taken from the plan. */
export function serverOutputs(server: ApiServer, planned: Properties): Properties {
  const { ipv4, ipv6, firewalls } = server.public_net;
  return {
    allowDeprecatedImages: false,
    backupWindow: server.backup_window ?? "",
    backups: server.backup_window !== null,
    datacenter: server.datacenter.name,
    deleteProtection: server.protection.delete,
    firewallIds: firewalls.map(({ id }) => id),
    id: String(server.id),
    ignoreRemoteFirewallIds: false,
    image: imageOf(server, planned),
    ipv4Address: ipv4.ip,
    ipv6Address: ipv6.ip.replace(/\/64$/, "1"),
    ipv6Network: ipv6.ip,
    iso: null,
    keepDisk: planned["keepDisk"] ?? false,
    labels: server.labels,
    location: server.location.name,
    name: server.name,
    networks: [],
    placementGroupId: 0,
    primaryDiskSize: server.primary_disk_size,
    publicNets: [],
    rebuildProtection: server.protection.rebuild,
    rescue: null,
    serverType: server.server_type.name,
    shutdownBeforeDeletion: planned["shutdownBeforeDeletion"] ?? false,
    sshKeys: planned["sshKeys"] ?? [],
    status: server.status,
    userData: planned["userData"] ?? null,
  };
}

/** The image's name, unless it has none or was asked for by its id; a deleted snapshot stays what it was. */
function imageOf({ image }: ApiServer, planned: Properties): PropertyValue {
  if (image === null) {
    return planned["image"] ?? null;
  }
  const id = String(image.id);
  return image.name === null || planned["image"] === id ? id : image.name;
}

/** user_data is kept as the base64 of its SHA-1. */
function hashOf(userData: PropertyValue): PropertyValue {
  return typeof userData === "string" ? createHash("sha1").update(userData).digest("base64") : userData;
}
