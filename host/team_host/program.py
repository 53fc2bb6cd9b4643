"""How every program of team-runtime starts and ends."""

import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from team_host.errors import Failed, Refused, in_words
from team_host.report import Report


def run_program(name: str, work: Callable[[Report], int]) -> int:
    """Run `work` as root, deaf to a cut connection, and turn its errors into sentences and an exit status.

    Returns what `work` returns; 1 after `Failed`, 2 after `Refused`.
    """
    # The connection that started this may be cut at any moment; half of the work would be worse than all.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    os.umask(0o022)
    os.chdir("/")
    # sudo hands over the caller's environment in part; the programs called here get none of it.
    os.environ.clear()
    os.environ.update(PATH="/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL="C.UTF-8", HOME="/root")
    report = Report()
    if os.geteuid() != 0:
        report.notice(f"{name}: must be run as root (with sudo)")
        return 1
    try:
        return work(report)
    except Refused as refusal:
        for problem in refusal.problems:
            report.notice(f"{name}: {problem}")
        return 2
    except (Failed, OSError) as failure:
        report.notice(f"{name}: {in_words(failure)}")
        return 1
    except Exception as fault:  # noqa: BLE001 - the last resort: a fault of our own, in one line.
        report.notice(f"{name}: a fault in team-runtime itself: {fault!r} {_place(fault)}. Please report it.")
        return 1


def _place(fault: Exception) -> str:
    frame = traceback.extract_tb(fault.__traceback__)[-1]
    return f"({Path(frame.filename).name}, line {frame.lineno})"


def read_standard_input(limit: int = 1024 * 1024) -> bytes:
    """All of standard input; `Refused` when it is larger than `limit` bytes."""
    data = sys.stdin.buffer.read(limit + 1)
    if len(data) > limit:
        raise Refused([f"the input is larger than {limit} bytes"])
    return data
