import { locations, serverTypes } from "./catalogue";
import { datacenterResponse, serverTypeResponse } from "./catalogue-routes";
import type { CloudState, Server } from "./cloud-state";
import { imageResponse } from "./images";
import { placementGroupResponse } from "./placement-groups";

/** A server as the API shows it; `locked` while an operation on its machine is under way. */
export function serverResponse(state: CloudState, server: Server, locked: boolean) {
  const serverType = serverTypes.find(({ name }) => name === server.serverType);
  const placementGroup = state.placementGroups.find(({ id }) => id === server.placementGroupId);
  return {
    id: server.id,
    name: server.name,
    status: server.status,
    created: server.created,
    server_type: serverType === undefined ? null : serverTypeResponse(serverType),
    location: locations.find(({ name }) => name === server.location),
    datacenter: datacenterResponse(server.location),
    image: imageResponse(state, server.imageId),
    iso: null,
    rescue_enabled: false,
    locked,
    backup_window: server.backupWindow,
    protection: server.protection,
    labels: server.labels,
    volumes: state.volumes.filter((volume) => volume.server === server.id).map(({ id }) => id),
    load_balancers: [],
    private_net: server.privateNetworks.map(({ network, ip }) => ({
      network,
      ip,
      alias_ips: [],
      mac_address: "",
    })),
    primary_disk_size: server.primaryDiskSize,
    placement_group: placementGroup === undefined ? null : placementGroupResponse(state, placementGroup),
    outgoing_traffic: 0,
    ingoing_traffic: 0,
    included_traffic: 0,
    public_net: publicNet(state, server),
  };
}

function publicNet(state: CloudState, server: Server) {
  const primaryIp = (type: "ipv4" | "ipv6") =>
    state.primaryIps.find((candidate) => candidate.assigneeId === server.id && candidate.type === type);
  return {
    ipv4: { id: primaryIp("ipv4")?.id ?? null, ip: server.address, blocked: false, dns_ptr: "" },
    ipv6: {
      id: primaryIp("ipv6")?.id ?? null,
      // Documentation prefix (RFC 3849): the sandbox's machines have no IPv6, but clients expect a network.
      ip: primaryIp("ipv6")?.ip ?? `2001:db8:0:${server.id.toString(16)}::/64`,
      blocked: false,
      dns_ptr: [],
    },
    floating_ips: [],
    firewalls: state.firewalls
      .filter((firewall) => firewall.appliedTo.includes(server.id))
      .map(({ id }) => ({ id, status: "applied" })),
  };
}
