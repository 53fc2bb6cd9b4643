#!/usr/bin/env bash
# Turns a fresh Debian root file system into an image: nothing of the building host in it, nothing shared between two
# machines that must be each machine's own, no unit that cannot work in a container.
#
# usage: customize.sh ROOT
set -euo pipefail

root=$1
here=$(dirname "$(realpath "$0")")

cp --recursive --no-preserve=ownership,mode "$here/files/." "$root/"

# Each machine makes its own host keys and machine id at first boot (machine-id(5): an empty file asks for it).
rm -f "$root"/etc/ssh/ssh_host_*
: >"$root/etc/machine-id"
rm -f "$root/var/lib/dbus/machine-id"

# mmdebstrap copied these from the building host. Machines have no name server: they reach out by proxy only.
rm -f "$root/etc/hostname"
: >"$root/etc/resolv.conf"
chmod 0644 "$root/etc/resolv.conf"

# Devices, kernel modules, consoles and links belong to the host.
masked=(
  systemd-udevd.service systemd-udev-trigger.service systemd-udevd-control.socket systemd-udevd-kernel.socket
  systemd-modules-load.service systemd-remount-fs.service networking.service
  getty.target getty-static.service console-getty.service
  e2scrub_all.timer fstrim.timer
)
for unit in "${masked[@]}"; do
  ln -sf /dev/null "$root/etc/systemd/system/$unit"
done
