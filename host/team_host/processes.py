"""The processes of this machine, as /proc shows them (proc(5))."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True)
class Process:
    """One process. `start` (clock ticks after boot) tells it from a later one with the same number.

    `terminal` is the number of its terminal below /dev/pts, or None. `title` is its command line, and like `name`
    its own to choose; `program` is the file that it runs, links followed, which the kernel says ("" for a zombie).
    `start_time` is the same as seconds since 1970.
    `user_slices` are the uids of the login sessions that its control group is in: none for a service.
    `services` are the systemd services that it is in, such as `cron.service`: none in a login session, except those of
    the person's own systemd.
    """

    pid: int
    parent: int
    name: str
    program: str
    title: str
    start: int
    start_time: float
    terminal: int | None
    real_uid: int
    effective_uid: int
    saved_uid: int
    user_slices: frozenset[int]
    services: frozenset[str]

    @property
    def uids(self) -> frozenset[int]:
        """Every uid under which it could act."""
        return frozenset((self.real_uid, self.effective_uid, self.saved_uid))


def read_processes() -> list[Process]:
    """All processes, by number. One that ends meanwhile is left out."""
    booted = _boot_time()
    found = []
    for folder in PROC.iterdir():
        if folder.name.isdecimal():
            try:
                found.append(_read_process(folder, booted))
            except (FileNotFoundError, ProcessLookupError):
                continue
    return sorted(found, key=lambda process: process.pid)


def _boot_time() -> float:
    lines = (PROC / "stat").read_text().splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("btime "))


def _read_process(folder: Path, booted: float) -> Process:
    cgroup = (folder / "cgroup").read_text(errors="replace")
    stat = (folder / "stat").read_text(errors="replace")
    # The name is in brackets and may itself hold brackets and blanks: the last one ends it.
    name, _, rest = stat.partition("(")[2].rpartition(")")
    fields = rest.split()
    lines = (folder / "status").read_text(errors="replace").splitlines()
    uids = next(line for line in lines if line.startswith("Uid:"))
    real, effective, saved = (int(uid) for uid in uids.split()[1:4])
    return Process(
        pid=int(folder.name),
        parent=int(fields[1]),
        name=name,
        program=_program(folder),
        title=(folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip(),
        start=int(fields[19]),
        start_time=booted + int(fields[19]) / os.sysconf("SC_CLK_TCK"),
        terminal=terminal_number(int(fields[4])),
        real_uid=real,
        effective_uid=effective,
        saved_uid=saved,
        user_slices=user_slices_in(cgroup),
        services=services_in(cgroup),
    )


def _program(folder: Path) -> str:
    try:
        # A program that was updated while it runs.
        return str((folder / "exe").readlink()).removesuffix(" (deleted)")
    except FileNotFoundError:
        return ""


def terminal_number(device: int) -> int | None:
    """The N of /dev/pts/N for a device number as in /proc/PID/stat: majors 136 to 143 are pseudo-terminals."""
    major, minor = (device >> 8) & 0xFFF, (device & 0xFF) | ((device >> 12) & 0xFFF00)
    return (major - 136) * 256 + minor if 136 <= major <= 143 else None


def user_slices_in(cgroup: str) -> frozenset[int]:
    """The N of each `user-N.slice` in the text of /proc/PID/cgroup."""
    words = (word for line in cgroup.splitlines() for word in line.split("/"))
    numbers = (word.removeprefix("user-").removesuffix(".slice") for word in words if word.endswith(".slice"))
    return frozenset(int(number) for number in numbers if number.isdecimal())


def services_in(cgroup: str) -> frozenset[str]:
    """Every `NAME.service` in the text of /proc/PID/cgroup."""
    words = (word for line in cgroup.splitlines() for word in line.split("/"))
    return frozenset(word for word in words if word.endswith(".service"))


def descendants(root: Process, processes: Iterable[Process]) -> list[Process]:
    """Children, their children, and so on; without `root`."""
    children: dict[int, list[Process]] = {}
    for process in processes:
        children.setdefault(process.parent, []).append(process)
    found: list[Process] = []
    waiting = [root]
    while waiting:
        below = children.get(waiting.pop().pid, [])
        found += below
        waiting += below
    return found
