"""The one form of sudoers rule that the applier installs, and nothing else of sudoers(5).

    marcus ALL=(wes-agent) NOTAFTER=20261231235959Z NOPASSWD:NOSETENV: ALL

One user, one target, both plain names; an end, or none; exactly these two tags, because the command `ALL`
alone would imply SETENV (sudoers(5)); the command `ALL`, or the read-only wrapper.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from team_host import paths
from team_host.errors import Refused
from team_host.names import shown

_LINE = re.compile(
    r"(?P<user>[a-z][a-z0-9-]*) ALL=\((?P<target>[a-z][a-z0-9-]*)\) "
    r"(NOTAFTER=(?P<end>[0-9]{14}Z) )?NOPASSWD:NOSETENV: "
    rf"(?P<command>ALL|{re.escape(str(paths.WATCH))})",
    re.ASCII,
)
TIME_FORMAT = "%Y%m%d%H%M%SZ"


@dataclass(frozen=True, order=True)
class Grant:
    """Who may act as whom on this server.

    `end` is the last second of it as `YYYYMMDDHHMMSSZ`, or "" for no end. `command` is `ALL` (mode attach) or
    the path of the read-only wrapper (mode watch).
    """

    user: str
    target: str
    end: str
    command: str

    @property
    def label(self) -> str:
        """How the grant is called in the access document and in messages: `marcus as wes-agent`."""
        return f"{self.user} as {self.target}"

    @property
    def only_watches(self) -> bool:
        """Whether the grant is read-only."""
        return self.command != "ALL"


def is_time(text: str) -> bool:
    """Whether this is an instant that exists, as `YYYYMMDDHHMMSSZ`."""
    if re.fullmatch(r"[0-9]{14}Z", text, re.ASCII) is None:
        return False
    try:
        datetime.strptime(text, TIME_FORMAT).replace(tzinfo=UTC)
    except ValueError:
        return False
    return True


def parse_sudoers_line(line: str) -> Grant:
    """Read one rule. Raises `Refused` with one sentence when it is anything else than the form above."""
    match = _LINE.fullmatch(line)
    if match is None:
        raise Refused(
            [
                f"{shown(line, 120)} is not a rule of the form `LOGIN ALL=(AGENT) [NOTAFTER=TIME] "
                f"NOPASSWD:NOSETENV: ALL` or `... {paths.WATCH}`"
            ]
        )
    end = match["end"] or ""
    if end and not is_time(end):
        raise Refused([f"{shown(line, 120)}: {end} is no instant (YYYYMMDDHHMMSSZ)"])
    return Grant(match["user"], match["target"], end, match["command"])
