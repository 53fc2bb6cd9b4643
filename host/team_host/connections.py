"""The SSH connections of people that are open, and the key that each was let in by.

sshd alone knows the key, and says so in the journal (LogLevel VERBOSE). Whose line it is cannot be forged: the
kernel, not the writer, gives the journal the writer's number and uid (systemd.journal-fields(7), trusted fields).
"""

import json
import os
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from team_host.commands import run
from team_host.open_access import with_all_below
from team_host.processes import PROC, Process, descendants

_ACCEPTED = re.compile(r"Accepted publickey for [^ ]+ from [^ ]+ port [0-9]+ ssh2: [^ ]+ (SHA256:[A-Za-z0-9+/]{43})")
# /proc counts in hundredths of a second, the journal in microseconds.
_START_SLACK = 0.02


@dataclass(frozen=True)
class Connection:
    """`monitor` is sshd's root-owned process, `processes` it and all that is part of the connection."""

    login: str
    monitor: Process
    processes: tuple[Process, ...]

    @property
    def terminals(self) -> frozenset[int]:
        """The terminals that sshd opened for it, and those that `sudo` opened within."""
        return frozenset(process.terminal for process in self.processes if process.terminal is not None)


def open_connections(
    processes: Iterable[Process],
    people: Mapping[int, str],
    session_of: Callable[[int], str | None],
    tmux_servers: Collection[int],
) -> list[Connection]:
    """Connections of these people (login by uid) that are past their authentication.

    A process that left the tree (`setsid`, `nohup`, a tmux server of the person's own) is still part of the login
    session, which is a control group. Agents' own tmux servers (`tmux_servers`, their numbers) are not, whoever started
    them.
    """
    listed = list(processes)
    found = []
    for monitor in listed:
        if monitor.name != "sshd" or monitor.real_uid != 0:
            continue
        uids = [process.real_uid for process in listed if process.parent == monitor.pid and process.real_uid in people]
        if not uids:
            continue
        own = processes_of_login(monitor, session_of(monitor.pid), listed, session_of, tmux_servers)
        found.append(Connection(people[uids[0]], monitor, own))
    return found


def processes_of_login(
    root: Process,
    session: str | None,
    processes: list[Process],
    session_of: Callable[[int], str | None],
    tmux_servers: Collection[int],
) -> tuple[Process, ...]:
    """`root` first, then what it started and everything else in the login session `session`, if that is its own.

    Without agents' own tmux servers (`tmux_servers`, their numbers) and what they run.
    """
    parts = {process.pid for process in descendants(root, processes)}
    if session is not None:
        parts |= {process.pid for process in processes if session_of(process.pid) == session}
    parts -= with_all_below(tmux_servers, processes)
    return (root, *(process for process in processes if process.pid in parts and process != root))


def session_of(pid: int) -> str | None:
    """The login session of a process, as `/user.slice/user-20412.slice/session-7.scope`; None outside of one."""
    try:
        groups = (PROC / str(pid) / "cgroup").read_text(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    match = re.search(r"/user-[0-9]+\.slice/session-[^/\n]+\.scope", groups)
    return match[0] if match else None


def accepted_keys(monitors: Iterable[Process]) -> dict[int, str]:
    """The fingerprint of the key that each of sshd's processes accepted, by number, as far as it is still known."""
    wanted = {monitor.pid: monitor for monitor in monitors}
    if not wanted:
        return {}
    # sshd's last words may still be on their way to the journal.
    run("journalctl", "--sync")
    numbers = [f"_PID={pid}" for pid in wanted]
    fields = ("--output=json", "--output-fields=MESSAGE,_PID", "--no-pager", "--quiet", "--boot")
    return read_accepted(run("journalctl", *fields, "_UID=0", *numbers), wanted)


def read_accepted(journal: str, wanted: Mapping[int, Process]) -> dict[int, str]:
    """The same, from what the journal printed. A line of an earlier process with the same number says nothing."""
    found = {}
    for line in journal.splitlines():
        entry = json.loads(line)
        message = entry.get("MESSAGE")
        match = _ACCEPTED.fullmatch(message) if isinstance(message, str) else None
        pid = int(entry.get("_PID", 0))
        if match is None or pid not in wanted:
            continue
        started = wanted[pid].start / os.sysconf("SC_CLK_TCK")
        if int(entry["__MONOTONIC_TIMESTAMP"]) / 1_000_000 >= started - _START_SLACK:
            found[pid] = match[1]
    return found
