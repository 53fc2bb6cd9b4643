"""Searching all files of this machine by find(1)."""

import subprocess
from dataclasses import dataclass

from team_host.errors import Failed
from team_host.mounts import mounts_in, read_mount_lines

# File systems that hold files of people; the rest is the kernel's.
KINDS = frozenset({"bcachefs", "btrfs", "ext2", "ext3", "ext4", "f2fs", "overlay", "tmpfs", "xfs", "zfs"})
# Containers have accounts of their own.
CONTAINERS = ("/var/lib/docker", "/var/lib/containerd", "/var/lib/containers")


@dataclass(frozen=True)
class FoundFile:
    """One line of find(1): `kind` is its letter for the type (`f`, `d`, `s`...)."""

    kind: str
    mode: int
    uid: int
    gid: int
    path: str


def find_files(*wanted: str, time_limit: float) -> list[FoundFile]:
    """Every file for which `wanted`, an expression of find(1), holds; containers are left out.

    Raises `Failed` when the search is not done after `time_limit` seconds.
    """
    mount_points = mount_points_in(read_mount_lines())
    prune = [word for path in CONTAINERS for word in ("-path", path, "-prune", "-o")]
    words = ["find", *mount_points, "-xdev", "-ignore_readdir_race", *prune, "(", *wanted, ")"]
    try:
        done = subprocess.run(
            [*words, "-printf", r"%y %m %U %G %p\0"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=time_limit,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Failed(f"find was not done after {time_limit:g} s.") from None
    return [_parse(line) for line in done.stdout.decode(errors="surrogateescape").split("\0") if line]


def _parse(line: str) -> FoundFile:
    kind, mode, uid, gid, path = line.split(" ", 4)
    return FoundFile(kind, int(mode, 8), int(uid), int(gid), path)


def mount_points_in(mountinfo: str) -> list[str]:
    """The mount points of file systems that hold people's files, from lines of mountinfo."""
    mounts = mounts_in(mountinfo)
    return sorted({one.place for one in mounts if one.kind in KINDS and not one.place.startswith(CONTAINERS)})
