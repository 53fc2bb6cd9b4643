#!/usr/bin/env bash
# Makes an image of the root file system that a program prints as a tar archive; nothing is left if it fails.
#
# usage: import-image.sh IMAGE PROGRAM [ARGUMENT...]
set -euo pipefail

image=$1
if ! "${@:2}" | docker import - "$image"; then
  docker rmi "$image" >/dev/null 2>&1 || true
  exit 1
fi
