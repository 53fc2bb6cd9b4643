#!/usr/bin/env bash
# Makes the host's way to the machines' addresses: a cable from the host into a namespace of its own, where all of them
# are at home and a relay takes connections (relay.ts). Machines are not on that cable, so nothing of theirs leads to the
# host. What exists already stays as it is.
#
# usage: open-entrance.sh HOST_LINK NETWORK_NAMESPACE GATEWAY
#   HOST_LINK          the host's end of the cable, at most 15 characters
#   NETWORK_NAMESPACE  its name below /run/netns, for instance team-runtime-3-entrance
#   GATEWAY            the host's own address on the cable, for instance 127.77.3.1
set -euo pipefail

host_link=$1
namespace=$2
gateway=$3

if [[ ! -e /run/netns/$namespace ]]; then
  # The kernel takes its time to remove the links of a namespace that was deleted.
  ip link delete "$host_link" 2>/dev/null || true
  ip netns add "$namespace"
fi
# Loopback addresses on a wire, see open.sh. A new namespace has the host's other settings, of which this one would keep
# it silent about the addresses on its loopback interface.
nsenter --net="/run/netns/$namespace" sysctl --quiet --write \
  net.ipv4.conf.all.route_localnet=1 net.ipv4.conf.all.arp_ignore=0 net.ipv4.conf.default.arp_ignore=0
ip -n "$namespace" link set lo up
if ! ip link show "$host_link" >/dev/null 2>&1; then
  ip link add "$host_link" type veth peer name host netns "$namespace"
fi

# On the host route_localnet is set for this one link. The routes stand in the table local because that is where the
# route to all of 127.0.0.0/8 stands; theirs are more specific.
sysctl --quiet --write "net.ipv4.conf.$host_link.route_localnet=1"
ip link set "$host_link" up
ip -n "$namespace" link set host up
ip address replace "$gateway/32" dev "$host_link"
ip route replace "${gateway%.*}.0/24" dev "$host_link" src "$gateway" table local
ip -n "$namespace" route replace "$gateway" dev host table local
