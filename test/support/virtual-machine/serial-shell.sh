#!/usr/bin/env bash
# Gives this virtual machine the address that QEMU's own network expects, and runs scripts that come by a serial line, as
# root: each a line with script and standard input, answered by a line with exit status, output and errors, all in base64.
# It stays when the firewall or sshd let nobody in.
#
# usage: serial-shell.sh DEVICE
set -u

ip link set eth0 up
ip address add 10.0.2.15/24 dev eth0
ip route add default via 10.0.2.2

exec <>"$1" >&0 2>/dev/null
stty raw -echo
printf 'ready\n'
errors=$(mktemp)
while IFS=' ' read -r script input; do
  # In a session of its own: the kernel tells the terminal of a process that its quota is full.
  printed=$(base64 --decode <<<"$input" | setsid --wait bash -c "$(base64 --decode <<<"$script")" 2>"$errors" | base64 --wrap=0; exit "${PIPESTATUS[1]}")
  printf '%s %s %s\n' "$?" "$printed" "$(base64 --wrap=0 "$errors")"
done
