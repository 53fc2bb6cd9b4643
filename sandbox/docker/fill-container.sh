#!/usr/bin/env bash
# Puts directories' contents into the root file system of a container that is off; what is there already is replaced.
#
# usage: fill-container.sh CONTAINER DIRECTORY...
set -euo pipefail

container=$1
sources=()
for directory in "${@:2}"; do
  sources+=(--directory "$directory" .)
done

tar --create --owner=0 --group=0 --numeric-owner "${sources[@]}" | docker cp - "$container:/"
