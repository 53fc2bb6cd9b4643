/**
 * Everything the local Hetzner knows, as it is kept on disk. Field names are those of the real API wherever a value is
 * shown to clients as it is; values that clients never see (user_data, public keys of a server) are in camelCase.
 */
export interface CloudState {
  /** Ids of all kinds come from one counter, so an id is never used twice, by whatever kind. */
  lastId: number;
  actions: Action[];
  firewalls: Firewall[];
  images: Snapshot[];
  networks: Network[];
  placementGroups: PlacementGroup[];
  primaryIps: PrimaryIp[];
  servers: Server[];
  sshKeys: SshKey[];
  volumes: Volume[];
}

export type Labels = Record<string, string>;

export interface Action {
  readonly id: number;
  readonly command: string;
  readonly status: "running" | "success" | "error";
  readonly progress: number;
  readonly started: string;
  readonly finished: string;
  readonly error: null;
  readonly resources: readonly { readonly id: number; readonly type: string }[];
}

export interface SshKey {
  readonly id: number;
  name: string;
  readonly fingerprint: string;
  readonly public_key: string;
  labels: Labels;
  readonly created: string;
}

export interface FirewallRule {
  readonly direction: "in" | "out";
  readonly protocol: "tcp" | "udp" | "icmp" | "esp" | "gre";
  readonly port: string | null;
  readonly source_ips: readonly string[];
  readonly destination_ips: readonly string[];
  readonly description: string | null;
}

export interface Firewall {
  readonly id: number;
  name: string;
  labels: Labels;
  readonly created: string;
  rules: FirewallRule[];
  /** Ids of the servers it is applied to; label selectors are not offered. */
  appliedTo: number[];
}

export type ServerStatus = "initializing" | "running" | "off";

export interface Server {
  readonly id: number;
  name: string;
  status: ServerStatus;
  readonly created: string;
  serverType: string;
  readonly location: string;
  /** Image id; 12 is debian-12, others are snapshots, which may have been deleted since. */
  imageId: number;
  labels: Labels;
  protection: { delete: boolean; rebuild: boolean };
  backupWindow: string | null;
  placementGroupId: number | null;
  privateNetworks: { network: number; ip: string }[];
  readonly primaryDiskSize: number;
  /** IPv4 address of the machine; changes only while the server is off. */
  address: string;
  readonly userData: string;
  readonly publicKeys: readonly string[];
}

/** A copy of a server's disk. A backup belongs to its server, and goes with it. */
export interface Snapshot {
  readonly id: number;
  type: "snapshot" | "backup";
  readonly created: string;
  readonly createdFrom: { readonly id: number; readonly name: string };
  readonly diskSize: number;
  description: string;
  labels: Labels;
  protection: { delete: boolean };
}

export interface Volume {
  readonly id: number;
  readonly created: string;
  name: string;
  size: number;
  readonly location: string;
  server: number | null;
  labels: Labels;
  readonly format: string | null;
  protection: { delete: boolean };
}

export interface PrimaryIp {
  readonly id: number;
  readonly created: string;
  name: string;
  readonly type: "ipv4" | "ipv6";
  readonly ip: string;
  readonly location: string;
  assigneeId: number | null;
  autoDelete: boolean;
  labels: Labels;
  protection: { delete: boolean };
}

export interface PlacementGroup {
  readonly id: number;
  readonly created: string;
  name: string;
  labels: Labels;
}

export interface Network {
  readonly id: number;
  readonly created: string;
  name: string;
  readonly ipRange: string;
  subnets: { readonly type: string; readonly network_zone: string; readonly ip_range: string }[];
  labels: Labels;
  protection: { delete: boolean };
}

/** The state of a cloud in which nothing was made yet; the first id is 101. */
export function emptyCloudState(): CloudState {
  return {
    lastId: 100,
    actions: [],
    firewalls: [],
    images: [],
    networks: [],
    placementGroups: [],
    primaryIps: [],
    servers: [],
    sshKeys: [],
    volumes: [],
  };
}

/** Takes the next id. */
export function nextId(state: CloudState): number {
  state.lastId += 1;
  return state.lastId;
}
