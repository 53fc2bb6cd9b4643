#!/usr/bin/env bash
# Second step of a machine's init: assembles the machine's root file system and becomes systemd in it.
#
# usage: assemble-root.sh DIRECTORY NETWORK_NAMESPACE CGROUP HOSTNAME LAYER...   (see supervise.sh)
#
# Runs as PID 1 in namespaces of its own; every mount vanishes with it. What the machine may see of the kernel follows
# the Container Interface of systemd (https://systemd.io/CONTAINER_INTERFACE).
set -euo pipefail

directory=$1
hostname=$4
layers=("${@:5}")

mount --make-rprivate /
cd "$directory"

# The disk. Layers are bound to short relative names: paths of users may hold ":" and ",", which overlay's options
# give a meaning, and the options have to fit into one page.
lower=()
for index in "${!layers[@]}"; do
  mkdir -p "lower/$index"
  mount --bind "${layers[$index]}" "lower/$index"
  lower+=("lower/$index")
done
mkdir -p upper work root
lowerdir=$(IFS=: && echo "${lower[*]}")
mount -t overlay overlay -o "lowerdir=$lowerdir,upperdir=upper,workdir=work,index=off,metacopy=off" root

mkdir -p root/var/lib/cloud/seed/nocloud
mount --bind seed root/var/lib/cloud/seed/nocloud
mount -o remount,bind,ro root/var/lib/cloud/seed/nocloud

cd root
mount -t proc proc proc -o nosuid,nodev,noexec
mount -t sysfs sysfs sys -o ro,nosuid,nodev,noexec

# Kernel settings are the host's: read only, but for the network namespace's own.
mount --bind proc/sys proc/sys
mount -o remount,bind,ro proc/sys
mount --bind /proc/sys/net proc/sys/net
for name in sysrq-trigger irq bus; do
  if [[ -e proc/$name ]]; then
    mount --bind "proc/$name" "proc/$name"
    mount -o remount,bind,ro "proc/$name"
  fi
done

mount -t tmpfs tmpfs dev -o nosuid,mode=755
for name in null zero full random urandom tty; do
  touch "dev/$name"
  mount --bind "/dev/$name" "dev/$name"
done
mkdir dev/pts dev/shm dev/mqueue
mount -t devpts devpts dev/pts -o newinstance,ptmxmode=0666,mode=620,gid=5
ln -s pts/ptmx dev/ptmx
mount -t tmpfs tmpfs dev/shm -o nosuid,nodev,mode=1777
mount -t mqueue mqueue dev/mqueue
ln -s /proc/self/fd dev/fd
ln -s fd/0 dev/stdin
ln -s fd/1 dev/stdout
ln -s fd/2 dev/stderr

mount -t tmpfs tmpfs run -o nosuid,nodev,mode=755
mkdir run/lock

# Fresh mounts from inside the cgroup namespace are writable and show only the machine's own part of the tree. On a
# read-only one, systemd would accept limits and silently not enforce them.
if [[ -f /sys/fs/cgroup/cgroup.controllers ]]; then
  mount -t cgroup2 cgroup2 sys/fs/cgroup
else
  mount -t tmpfs tmpfs sys/fs/cgroup -o mode=755
  for hierarchy in /sys/fs/cgroup/*/; do
    name=$(basename "$hierarchy")
    if [[ -L ${hierarchy%/} ]]; then
      # Controllers that share a hierarchy, as in cpu -> cpu,cpuacct.
      cp --no-dereference "${hierarchy%/}" "sys/fs/cgroup/$name"
      continue
    fi
    mkdir "sys/fs/cgroup/$name"
    case $name in
      unified) mount -t cgroup2 cgroup2 "sys/fs/cgroup/$name" ;;
      systemd) mount -t cgroup cgroup "sys/fs/cgroup/$name" -o none,name=systemd ;;
      *) mount -t cgroup cgroup "sys/fs/cgroup/$name" -o "$name" ;;
    esac
  done
fi

hostname "$hostname"

mkdir -p .host
pivot_root . .host
umount -l /.host
rmdir /.host

dropped=-sys_module,-sys_rawio,-sys_time,-mac_admin,-mac_override,-syslog
exec env -i container=team-runtime PATH=/usr/sbin:/usr/bin:/sbin:/bin \
  setpriv --bounding-set "$dropped" --inh-caps -all /lib/systemd/systemd
