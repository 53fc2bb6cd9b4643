"""Which process is an agent's own tmux server: the one that answers at the agent's socket, whoever started it.

The unit starts it. But when it has just ended, the next `sudo -u wes-agent tmux new` is quicker than systemd, and
then the developer's work runs in a server that belongs to somebody's login. A tmux server on any other socket
(`tmux -L`, `-S`) is a program like any other (docs/decisions/whose-tmux-server.md).
"""

import socket
import struct
from collections.abc import Iterable
from pathlib import Path

from team_host import paths
from team_host.processes import Process

TMUX = "/usr/bin/tmux"
# struct ucred: pid, uid, gid (unix(7), SO_PEERCRED).
_CREDENTIALS = struct.Struct("3i")


def read_tmux_servers(processes: Iterable[Process]) -> dict[int, Process]:
    """By the agent's uid: its own tmux server, if it has one."""
    running = {process.pid: process for process in processes}
    found = {}
    for folder in sorted(paths.AGENT_SOCKETS.glob("tmux-*")):
        uid = folder.name.removeprefix("tmux-")
        server = running.get(_listener(folder / "default"))
        # Another program of the agent's at that place is no tmux server.
        if uid.isdecimal() and server is not None and server.program == TMUX and server.effective_uid == int(uid):
            found[int(uid)] = server
    return found


def numbers_of_tmux_servers(processes: Iterable[Process]) -> frozenset[int]:
    """The numbers of the agents' own tmux servers, which the end of a person's access must spare."""
    return frozenset(server.pid for server in read_tmux_servers(processes).values())


def _listener(path: Path) -> int:
    """The process that called listen(2) on the socket, or 0. A connection is made, and closed without a word."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK) as connection:
        try:
            connection.connect(str(path))
        except OSError:
            return 0
        pid, _, _ = _CREDENTIALS.unpack(connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    return int(pid)
