"""Holding a person's login sessions still for a moment, so that nothing in them can be missed.

A program that forks and ends, over and over, has another number each time that somebody looks. The freezer of
control groups stops all of a session at once; SIGKILL ends a process that is held (cgroups(7), "cgroup.freeze").
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from team_host.ending import wait_until

# Where systemd mounts version 2 of control groups: alone, or beside version 1.
HIERARCHIES = (Path("/sys/fs/cgroup"), Path("/sys/fs/cgroup/unified"))
HOLD_SECONDS = 0.5


def populated_sessions() -> frozenset[int]:
    """The uids in whose login sessions something runs, told by the kernel and not by looking at each process."""
    found = set()
    for folder in (folder for top in HIERARCHIES for folder in top.glob("user.slice/user-*.slice")):
        uid = folder.name.removeprefix("user-").removesuffix(".slice")
        if uid.isdecimal() and "populated 1" in _events(folder):
            found.add(int(uid))
    return frozenset(found)


@contextmanager
def held_sessions(uids: Iterable[int]) -> Iterator[None]:
    """Nothing in the sessions of these uids runs inside of the `with`. Where it cannot be had, they go on."""
    slices = [top / "user.slice" / f"user-{uid}.slice" for uid in sorted(set(uids)) for top in HIERARCHIES]
    present = [folder for folder in slices if (folder / "cgroup.freeze").exists()]
    waiting, holding = os.pipe()
    keeper = os.fork()
    if keeper == 0:
        # Lets them go on also when the holder is killed: the pipe's end closes with it.
        os.close(holding)
        try:
            os.read(waiting, 1)
            _set(present, "0")
        finally:
            os._exit(0)
    os.close(waiting)
    try:
        _set(present, "1")
        wait_until(lambda: all(_is_held(folder) for folder in present), HOLD_SECONDS)
        yield
    finally:
        os.close(holding)
        os.waitpid(keeper, 0)


def _set(folders: Iterable[Path], value: str) -> None:
    for folder in folders:
        try:
            (folder / "cgroup.freeze").write_text(value)
        except OSError:
            # The session has ended meanwhile.
            continue


def _is_held(folder: Path) -> bool:
    return "frozen 0" not in _events(folder)


def _events(folder: Path) -> list[str]:
    try:
        return (folder / "cgroup.events").read_text().splitlines()
    except OSError:
        # The session has ended meanwhile.
        return []
