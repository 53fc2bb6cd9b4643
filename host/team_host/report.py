"""What a program of team-runtime tells: one line per change on standard output, and the same in the journal."""

import os
import sys
import syslog


class Report:
    """Prints lines without ever dying of it.

    The reader is an SSH connection that may be cut at any moment; the work must then go on to its end, so a
    broken pipe only makes the rest silent. The journal keeps every line: `journalctl -t team-runtime`.
    """

    def __init__(self) -> None:
        syslog.openlog("team-runtime", syslog.LOG_PID, syslog.LOG_AUTH)

    def change(self, sentence: str) -> None:
        """A change that was made."""
        syslog.syslog(syslog.LOG_NOTICE, sentence)
        _print_to(1, sentence)

    def record(self, sentence: str) -> None:
        """A change that was made by a program whose output is an answer: for the journal alone."""
        syslog.syslog(syslog.LOG_NOTICE, sentence)

    def difference(self, sentence: str) -> None:
        """A change that would be made: for a check, which leaves no trace in the journal."""
        _print_to(1, sentence)

    def answer(self, text: str) -> None:
        """What a program was asked for, such as a public key: no change, and not for the journal."""
        _print_to(1, text)

    def notice(self, sentence: str) -> None:
        """Something that a person should know and that is no change: goes to standard error."""
        syslog.syslog(syslog.LOG_WARNING, sentence)
        _print_to(2, sentence)


def _print_to(descriptor: int, sentence: str) -> None:
    (sys.stdout if descriptor == 1 else sys.stderr).flush()
    try:
        os.write(descriptor, f"{sentence}\n".encode())
    except OSError:
        # Nobody reads any more. Later lines go nowhere instead of raising again.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, descriptor)
        os.close(nowhere)
