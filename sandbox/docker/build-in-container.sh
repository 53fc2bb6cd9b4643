#!/usr/bin/env bash
# Builds the root file system of all machines in a container of Debian, for hosts that can build none; prints it as a tar
# archive.
#
# usage: build-in-container.sh, in a container that has sandbox/image at /image
set -euo pipefail

export DEBIAN_FRONTEND=noninteractive
{
  apt-get --quiet update
  apt-get --quiet install --yes --no-install-recommends mmdebstrap
} >&2
exec /image/build.sh bookworm -
