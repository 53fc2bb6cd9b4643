#!/usr/bin/env bash
# Makes the machines' addresses reachable from the host: a route to them over the bridge that Docker has made, and the
# host's own address on it. Runs in a short-lived container that is in the host's network. All of it goes with the bridge.
#
# usage: attach-host.sh BRIDGE GATEWAY
#   BRIDGE   the interface, for instance sandbox-3
#   GATEWAY  the host's address on it, for instance 127.77.3.1
set -euo pipefail

bridge=$1
gateway=$2

# For this one link, as ../network/open-entrance.sh does for its cable.
echo 1 >"/proc/sys/net/ipv4/conf/$bridge/route_localnet"
ip address replace "$gateway/32" dev "$bridge"
ip route replace "${gateway%.*}.0/24" dev "$bridge" src "$gateway" table local
