"""The file system of /, on which accounts, their homes and workspaces are."""

import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path("/")
MOUNTS = Path("/proc/self/mountinfo")
SUPPORTED = "ext4"


@dataclass(frozen=True)
class RootFileSystem:
    """`kind` as the kernel names it; `files`: how many it can have; `device`: as stat(2) numbers it."""

    kind: str
    kibibytes: int
    files: int
    device: int


def read_root_file_system() -> RootFileSystem:
    """As it is mounted now."""
    size = os.statvfs(ROOT)
    kind = kind_of_root(MOUNTS.read_text(errors="replace"))
    return RootFileSystem(kind, size.f_blocks * size.f_frsize >> 10, size.f_files, ROOT.stat().st_dev)


def kind_of_root(mounts: str) -> str:
    """The kind that these lines (proc(5), mountinfo) have for /; of several over each other, the last counts."""
    found = "unknown"
    for line in mounts.splitlines():
        place, _, source = line.partition(" - ")
        if place.split()[4:5] == ["/"]:
            found = source.split()[0]
    return found
