"""The file system of /, on which accounts, their homes and workspaces are."""

import os
from dataclasses import dataclass
from pathlib import Path

from team_host.mounts import mount_at, read_mount_lines

ROOT = Path("/")
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
    kind = kind_of_root(read_mount_lines())
    return RootFileSystem(kind, size.f_blocks * size.f_frsize >> 10, size.f_files, ROOT.stat().st_dev)


def kind_of_root(mounts: str) -> str:
    """The kind that these lines of mountinfo have for /."""
    root = mount_at("/", mounts)
    return "unknown" if root is None else root.kind
