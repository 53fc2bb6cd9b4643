#!/usr/bin/env bash
# First process of a container: gives it what Docker cannot, and becomes systemd. Afterwards the machine is as one of the
# unshare driver's (../machine/assemble-root.sh, ../network/connect-machine.sh).
#
# usage: become-machine.sh; reads the machine's address with prefix from the file `address` beside it
set -euo pipefail

read -r address <"$(dirname "$(realpath "$0")")/address"

# Docker mounts all of /proc/sys read only. The network's settings are the container's own; all others stay the host's.
mkdir -p /run/proc
mount -t proc proc /run/proc
mount --bind /run/proc/sys/net /proc/sys/net
umount /run/proc
rmdir /run/proc

# On a read-only tree systemd would accept limits and silently not enforce them. It is the container's own part of it.
mount -o remount,bind,rw /sys/fs/cgroup
if [[ ! -f /sys/fs/cgroup/cgroup.controllers ]]; then
  for hierarchy in /sys/fs/cgroup/*/; do
    if [[ ! -L ${hierarchy%/} ]]; then
      mount -o remount,bind,rw "$hierarchy"
    fi
  done
fi

# The machine's one address, below 127.0.0.0/8 on a wire as in ../network/open.sh. Docker's own address goes, and with it
# the default route: machines reach out by the proxy alone, and have no name server.
echo 1 >/proc/sys/net/ipv4/conf/all/route_localnet
ip address flush dev eth0
ip address add "$address" dev eth0
ip route replace "${address%.*}.0/24" dev eth0 src "${address%/*}" table local
ip route replace unreachable 127.77.0.0/16 table local
: >/etc/resolv.conf

exec env -i container=docker PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd
