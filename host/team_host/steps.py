"""Stopping the applier after a given step, to test that every half-done state is put right by the next run.

`echo 7 > /run/team-runtime/stop-after-step` makes the next run kill itself (SIGKILL: no clean-up of any
kind) right after its seventh step. The folder is root's alone, is gone after a reboot, and the file is used
up by the run that obeys it. An environment variable would do too little: sudo drops it.
"""

import os
import signal

from team_host import paths


class Steps:
    """Counts the steps of one run."""

    def __init__(self) -> None:
        self.count = 0
        self.stop_after = _read_request()

    def step(self) -> None:
        """One step is done: the state of the machine has just changed."""
        self.count += 1
        if self.count == self.stop_after:
            paths.STOP_AFTER_STEP.unlink(missing_ok=True)
            os.kill(os.getpid(), signal.SIGKILL)


def _read_request() -> int | None:
    try:
        text = paths.STOP_AFTER_STEP.read_text(encoding="ascii").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        return None
    return int(text) if text.isdecimal() else None
