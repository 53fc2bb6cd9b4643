#!/usr/bin/env bash
# Runs one machine until it is powered off: boots it, and boots it again each time it reboots.
#
# usage: supervise.sh DIRECTORY NETWORK_NAMESPACE CGROUP HOSTNAME LAYER...
#   DIRECTORY          the machine's own: seed/ (cloud-init), upper/ and work/ (its disk), root/ (where it is assembled)
#   NETWORK_NAMESPACE  name below /run/netns
#   CGROUP             path below every mounted cgroup hierarchy, for instance team-runtime/3/101
#   HOSTNAME           the host name before cloud-init sets it
#   LAYER...           read-only directories below the disk, the uppermost first
#
# Writes "PID START_TIME" (proc(5), fields 1 and 22 of stat) of itself to DIRECTORY/supervisor and of the machine's
# init to DIRECTORY/init. Makes the file DIRECTORY/powered-off when the machine was powered off from inside or by its
# power button, which is not the same as killed: such a machine stays off. Exit 0: it was powered off; 1: it could not
# boot, or was killed.
set -uo pipefail

here=$(dirname "$(realpath "$0")")
directory=$1
network_namespace=$2

# reboot(2), "behavior inside PID namespaces": the init of a namespace that asked for a reboot dies of SIGHUP, one that
# asked for power-off or halt dies of SIGINT. unshare(1) ends in the same way, the shell shows 128 + the signal.
rebooted=129
powered_off=130

read -ra stat </proc/self/stat
echo "${stat[0]} ${stat[21]}" >"$directory/supervisor"

while true; do
  # If this script dies, unshare dies (pdeathsig), and with it the machine (--kill-child): no machine runs unsupervised.
  setpriv --pdeathsig KILL -- nsenter --net="/run/netns/$network_namespace" -- \
    unshare --mount --uts --ipc --pid --fork --kill-child -- "$here/enter-cgroup.sh" "$@"
  case $? in
    "$rebooted") echo "rebooting" ;;
    "$powered_off")
      echo "powered off"
      : >"$directory/powered-off"
      exit 0
      ;;
    *)
      echo "ended"
      exit 1
      ;;
  esac
done
