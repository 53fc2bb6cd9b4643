"""The keys of the deploy user: the stack's deploy key and, while it is being changed, a second one.

No lock-out: all wanted keys are written at once, and the key that the present connection came by must be among them.
So a key that goes was, at that moment, not needed.
"""

import os
import pwd

from team_host import paths
from team_host.connections import Connection, accepted_keys, open_connections, session_of
from team_host.errors import Refused
from team_host.files import FileState, read_state, write_file
from team_host.lost_keys import end_connections
from team_host.names import shown
from team_host.processes import read_processes
from team_host.public_key import fingerprint_of, problem_of_key
from team_host.report import Report
from team_host.tmux_servers import numbers_of_tmux_servers

KEY_FILE = paths.AUTHORIZED_KEYS / paths.DEPLOY_LOGIN


def check_deploy_keys(value: object) -> tuple[str, ...]:
    """The keys as `TYPE BASE64` lines. Raises `Refused` with every problem."""
    if not isinstance(value, list) or not value:
        raise Refused(["setting deployKeys: expected a list of at least one public key"])
    problems = []
    for line in value:
        parts = line.split(" ") if isinstance(line, str) else []
        problem = problem_of_key(parts[0], parts[1]) if len(parts) == 2 else "is not of the form `TYPE BASE64`"
        if problem is not None:
            problems.append(f"setting deployKeys: {shown(line, 60)} {problem}")
    if problems:
        raise Refused(problems)
    return tuple(value)


def refuse_lock_out(wanted: tuple[str, ...]) -> None:
    """Raise `Refused` when the connection that this program runs over came by a key that would go."""
    came_by = {accepted for connection, accepted in _connections().items() if _is_own(connection)}
    would_go = came_by - {None} - _fingerprints(wanted)
    if would_go:
        raise Refused(
            [
                f"setting deployKeys: {would_go.pop()}, by which this connection came, is not among them: nothing "
                "would show that anybody can still come in. Come by a key that stays (team-runtime:deployKey)."
            ]
        )


def set_deploy_keys(wanted: tuple[str, ...], report: Report) -> None:
    """Let in these keys and no other, and end what is open over a key that goes."""
    state = read_state(KEY_FILE)
    present = state.content.decode(errors="replace").splitlines() if state else []
    file = FileState("".join(f"{line}\n" for line in wanted).encode("ascii"), 0o644, 0, 0)
    if state == file:
        return
    write_file(KEY_FILE, file)
    for line in present:
        if line not in wanted:
            report.change(f"removed key: {paths.DEPLOY_LOGIN}: {shown(line, 120)}")
    for line in wanted:
        if line not in present:
            report.change(f"added key: {paths.DEPLOY_LOGIN}: {line}")
    kept = _fingerprints(wanted)
    lost = [one for one, accepted in _connections().items() if accepted not in kept and not _is_own(one)]
    if lost:
        end_connections(os.uname().nodename, lost)
        report.change(f"ended: {len(lost)} connections of {paths.DEPLOY_LOGIN} over keys that are gone")


def _fingerprints(lines: tuple[str, ...]) -> set[str | None]:
    return {fingerprint_of(line.split(" ")[1]) for line in lines}


def _connections() -> dict[Connection, str | None]:
    """The open connections of the deploy user, and the key that each came by if that is still known."""
    people = {pwd.getpwnam(paths.DEPLOY_LOGIN).pw_uid: paths.DEPLOY_LOGIN}
    processes = read_processes()
    found = open_connections(processes, people, session_of, numbers_of_tmux_servers(processes))
    accepted = accepted_keys(connection.monitor for connection in found)
    return {connection: accepted.get(connection.monitor.pid) for connection in found}


def _is_own(connection: Connection) -> bool:
    return os.getpid() in {process.pid for process in connection.processes}
