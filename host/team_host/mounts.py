"""What is mounted on this machine, as the kernel lists it (proc(5), /proc/PID/mountinfo)."""

from dataclasses import dataclass
from pathlib import Path

MOUNTS = Path("/proc/self/mountinfo")


@dataclass(frozen=True)
class Mount:
    """One line: the mount point, and the kind of the file system and its own options."""

    place: str
    kind: str
    options: str


def read_mount_lines() -> str:
    """The lines, for the functions that take them."""
    return MOUNTS.read_text(errors="replace")


def mounts_in(lines: str) -> list[Mount]:
    """The mounts of these lines, in their order."""
    found = []
    for line in lines.splitlines():
        before, _, after = line.partition(" - ")
        kind, *_, options = after.split()
        found.append(Mount(before.split()[4].encode().decode("unicode_escape"), kind, options))
    return found


def mount_at(place: str, lines: str) -> Mount | None:
    """What is seen at a mount point: of several over each other, the last counts."""
    return next((mount for mount in reversed(mounts_in(lines)) if mount.place == place), None)
