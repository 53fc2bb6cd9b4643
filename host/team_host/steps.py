"""Stopping the applier after a given step, to test that every half-done state is put right by the next run.

`echo 7 > /run/team-runtime/stop-after-step` makes the next run kill itself (SIGKILL: no clean-up of any
kind) right after its seventh step; `echo 7 pause` makes it stand still there (SIGSTOP), so that a connection can
be cut or a machine switched off at exactly that moment. The folder is root's alone, is gone after a reboot, and
the file is used up by the run that obeys it. An environment variable would do too little: sudo drops it.
"""

import os
import re
import signal

from team_host import paths

_REQUEST = re.compile(r"(?P<step>[0-9]{1,4})(?P<pause> pause)?")


class Steps:
    """Counts the steps of one run."""

    def __init__(self) -> None:
        self.count = 0
        self.stop_after, self.signal = _read_request()

    def step(self) -> None:
        """One step is done: the state of the machine has just changed."""
        self.count += 1
        if self.count == self.stop_after:
            paths.STOP_AFTER_STEP.unlink(missing_ok=True)
            os.kill(os.getpid(), self.signal)


def _read_request() -> tuple[int, signal.Signals]:
    """After which step, and by which signal; 0, which no step has, without a request."""
    try:
        text = paths.STOP_AFTER_STEP.read_text(encoding="ascii").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        text = ""
    match = _REQUEST.fullmatch(text)
    if match is None:
        return 0, signal.SIGKILL
    return int(match["step"]), signal.SIGSTOP if match["pause"] else signal.SIGKILL
