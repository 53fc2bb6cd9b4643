#!/usr/bin/env bash
# Makes the network of one machine and connects it to its sandbox's bridge. What exists already stays as it is.
#
# usage: connect-machine.sh SANDBOX_NAMESPACE MACHINE_NAMESPACE LINK ADDRESS
#   SANDBOX_NAMESPACE  made by open.sh
#   MACHINE_NAMESPACE  its name below /run/netns, for instance team-runtime-3-101
#   LINK               name of the bridge's end of the cable, at most 15 characters
#   ADDRESS            the machine's address with prefix, for instance 127.77.3.11/24
set -euo pipefail

sandbox=$1
machine=$2
link=$3
address=$4

if [[ ! -e /run/netns/$machine ]]; then
  ip netns add "$machine"
fi
if ! ip -n "$machine" link show eth0 >/dev/null 2>&1; then
  ip -n "$sandbox" link add "$link" type veth peer name eth0 netns "$machine"
fi
ip -n "$sandbox" link set "$link" master bridge up

# See open.sh. There is no default route: what is not on the bridge is unreachable at once, not after a time-out.
nsenter --net="/run/netns/$machine" sysctl --quiet --write net.ipv4.conf.all.route_localnet=1
ip -n "$machine" link set lo up
ip -n "$machine" link set eth0 up
ip -n "$machine" address replace "$address" dev eth0
ip -n "$machine" route replace "${address%.*}.0/24" dev eth0 src "${address%/*}" table local
ip -n "$machine" route replace unreachable 127.77.0.0/16 table local
