#!/usr/bin/env bash
# First step of a machine's init: PID 1 of the new PID namespace joins a cgroup of its own in every hierarchy.
#
# usage: enter-cgroup.sh DIRECTORY NETWORK_NAMESPACE CGROUP HOSTNAME LAYER...   (see supervise.sh)
#
# Only after that is the cgroup namespace made, by PID 1 alone: with any other process left in the machine's cgroup,
# version 2's "no internal processes" rule leaves the controllers off and limits silently do nothing (cgroups(7)).
set -euo pipefail

here=$(dirname "$(realpath "$0")")
directory=$1
cgroup=$3

# /proc is still the host's, so these are the host's numbers; they stay the same through every exec that follows.
read -ra stat </proc/self/stat
echo "${stat[0]} ${stat[21]}" >"$directory/init"

# A controller that the host does not hand out cannot be had here either; the machine boots without it.
enable_controllers() {
  local controllers controller
  read -ra controllers <"$1/cgroup.controllers"
  for controller in "${controllers[@]}"; do
    echo "+$controller" >"$1/cgroup.subtree_control" || true
  done 2>/dev/null
}

join_version_2() {
  local path=$1 part
  enable_controllers "$path"
  IFS=/ read -ra parts <<<"$cgroup"
  for part in "${parts[@]:0:${#parts[@]}-1}"; do
    path=$path/$part
    mkdir -p "$path"
    enable_controllers "$path"
  done
  mkdir -p "$1/$cgroup"
  echo 0 >"$1/$cgroup/cgroup.procs"
}

join_version_1() {
  local hierarchy=$1 path=$1 part file
  IFS=/ read -ra parts <<<"$cgroup"
  for part in "${parts[@]}"; do
    # cpuset(7): a new cpuset has no CPU and no memory node, and no process can join it.
    if [[ -f $hierarchy/cpuset.cpus ]]; then
      mkdir -p "$path/$part"
      for file in cpuset.cpus cpuset.mems; do
        cat "$path/$file" >"$path/$part/$file"
      done
    fi
    path=$path/$part
  done
  mkdir -p "$path"
  echo 0 >"$path/cgroup.procs"
}

if [[ -f /sys/fs/cgroup/cgroup.controllers ]]; then
  join_version_2 /sys/fs/cgroup
else
  for hierarchy in /sys/fs/cgroup/*/; do
    hierarchy=${hierarchy%/}
    if [[ -f $hierarchy/cgroup.procs ]]; then
      join_version_1 "$hierarchy"
    fi
  done
fi

exec unshare --cgroup -- "$here/assemble-root.sh" "$@"
