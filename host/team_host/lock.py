"""One program of team-runtime at a time on a machine."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from team_host import paths
from team_host.errors import Failed
from team_host.files import make_folder

WAIT_SECONDS = 60.0


@contextmanager
def exclusive(program: str, wait_seconds: float = WAIT_SECONDS, lock: Path | None = None) -> Iterator[None]:
    """Hold the machine's lock, or another one if `lock` names it; waits, then raises `Failed` naming the holder.

    The lock is in a folder of root's own: /run/lock is writable by everybody, and an agent that held a lock
    there would keep its own revocation from being applied. The kernel frees it when the holder dies.
    """
    make_folder(paths.RUN, 0o700)
    descriptor = os.open(lock or paths.LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _wait_for(descriptor, wait_seconds)
        started = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{program}, pid {os.getpid()}, since {started}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _wait_for(descriptor: int, wait_seconds: float) -> None:
    give_up = time.monotonic() + wait_seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > give_up:
                holder = os.pread(descriptor, 200, 0).decode(errors="replace").strip() or "unknown"
                raise Failed(
                    f"another program of team-runtime still runs here after {wait_seconds:g} s ({holder}). "
                    "Nothing was changed. Wait for it to end and run this again."
                ) from None
            time.sleep(0.1)
