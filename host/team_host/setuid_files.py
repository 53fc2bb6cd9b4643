"""Agents' setuid and setgid files where others can reach them: whoever runs one acts as the agent, without sudo.

No agent needs one. `team audit` looks at the whole disk for them, and reports.
"""

import os
import stat
from functools import partial
from pathlib import Path

from team_host.change import Change
from team_host.document import AccessDocument
from team_host.ended_commands import managed_agents
from team_host.host import Host
from team_host.names import shown

BITS = stat.S_ISUID | stat.S_ISGID


def take_setuid(_document: AccessDocument, host: Host) -> list[Change]:
    """Take the bits from every such file; the file stays."""
    agents = managed_agents(host)
    return [
        Change((f"took setuid from: {shown(path, 200)} (of {agents[uid]})",), partial(_take, Path(path), uid))
        for uid, path in host.find_setuid()
        if uid in agents
    ]


def _take(path: Path, uid: int) -> None:
    """By descriptor: the agent may put another file in the place meanwhile, and only its own are touched."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        status = os.fstat(descriptor)
        if stat.S_ISREG(status.st_mode) and status.st_uid == uid:
            os.fchmod(descriptor, stat.S_IMODE(status.st_mode) & ~BITS)
    finally:
        os.close(descriptor)
