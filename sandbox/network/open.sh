#!/usr/bin/env bash
# Makes the network of one sandbox: a namespace with a bridge, apart from the host's network and from other sandboxes'.
# What exists already stays as it is.
#
# usage: open.sh NETWORK_NAMESPACE GATEWAY
#   NETWORK_NAMESPACE  its name below /run/netns, for instance team-runtime-3
#   GATEWAY            the bridge's address with prefix, for instance 127.77.3.1/24
set -euo pipefail

namespace=$1
gateway=$2

if [[ ! -e /run/netns/$namespace ]]; then
  ip netns add "$namespace"
fi
ip -n "$namespace" link set lo up

# Addresses below 127.0.0.0/8 on a wire: allowed by route_localnet, found by a route that is more specific than the
# loopback's and stands in the same table, the first that the kernel asks (ip-rule(8)).
nsenter --net="/run/netns/$namespace" sysctl --quiet --write net.ipv4.conf.all.route_localnet=1
if ! ip -n "$namespace" link show bridge >/dev/null 2>&1; then
  ip -n "$namespace" link add bridge type bridge
fi
ip -n "$namespace" link set bridge up
ip -n "$namespace" address replace "$gateway" dev bridge
ip -n "$namespace" route replace "${gateway%.*}.0/24" dev bridge src "${gateway%/*}" table local
# Addresses of other sandboxes lead nowhere, not to this namespace's own loopback.
ip -n "$namespace" route replace unreachable 127.77.0.0/16 table local
