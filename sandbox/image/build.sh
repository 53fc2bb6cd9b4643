#!/usr/bin/env bash
# Builds the root file system that all sandbox machines share.
#
# usage: build.sh SUITE DIRECTORY
#   SUITE      Debian suite, for instance bookworm
#   DIRECTORY  where the root file system goes; must not exist; `-`: to standard output, as a tar archive
#
# Runs as root; others can have the archive only, with mmdebstrap's user namespaces. No mirror is named: mmdebstrap takes Debian's default archive with its updates. (debootstrap sees one
# suite only and leaves cloud-init half configured.)
set -euo pipefail

suite=$1
directory=$2
here=$(dirname "$(realpath "$0")")
if [[ $directory == - ]]; then format=tar; else format=directory; fi
packages=$(grep -v '^#' "$here/packages.txt" | paste --serial --delimiters=' ')

# Machines run as root inside namespaces, so the umask decides who may read the image, not the machine.
umask 022

# mmdebstrap gives the hook to a shell of its own, which has the root directory as $1; the path of the script reaches it
# by the environment.
export SANDBOX_CUSTOMIZE=$here/customize.sh

# shellcheck disable=SC2016 # expanded by that shell
exec mmdebstrap --variant=minbase --format="$format" \
  --include="$packages" \
  --dpkgopt='path-exclude=/usr/share/man/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' \
  --dpkgopt='path-exclude=/usr/share/doc/*' \
  --dpkgopt='path-include=/usr/share/doc/*/copyright' \
  --aptopt='Acquire::Languages "none"' \
  --customize-hook='"$SANDBOX_CUSTOMIZE" "$1"' \
  "$suite" "$directory"
