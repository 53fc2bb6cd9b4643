"""Ending connections over a key that is gone, as after a lost laptop. Those over the person's other keys go on.

A state, not a step: whatever connection is open over a key that the document does not name is ended, so a run that
was cut off is made good by the next. Where the journal has forgotten by which key a connection came, it is ended only
if a key of that person goes: better one terminal too many than a stranger's.
"""

import signal
from collections.abc import Iterable
from functools import partial

from team_host.change import Change
from team_host.connections import Connection, accepted_keys, open_connections, session_of
from team_host.document import AccessDocument
from team_host.ending import alive, end, tell, wait_until
from team_host.errors import Refused
from team_host.host import Host
from team_host.key_line import parse_key_line
from team_host.processes import Process, read_processes
from team_host.public_key import fingerprint_of
from team_host.terminal_sessions import end_sessions_of
from team_host.tmux_servers import numbers_of_tmux_servers

# How long a login that read the keys before they changed may take to show itself.
LOGIN_SECONDS = 1.0


def fingerprint(line: str, login: str) -> str | None:
    """`SHA256:...` as sshd writes it, of a line of ours; None for any other line."""
    try:
        return fingerprint_of(parse_key_line(line, login).key.split()[1])
    except Refused:
        return None


def keys_that_go(login: str, document: AccessDocument, host: Host) -> bool:
    """Whether the person had a key here when a run last came to its end that the document does not name."""
    recorded = host.record.document.get("keys", {}).get(login, {}).values()
    before = {fingerprint(line, login) for line in recorded if isinstance(line, str)}
    return not before <= _wanted(login, document)


def _wanted(login: str, document: AccessDocument) -> set[str | None]:
    return {fingerprint(line, login) for line in document.keys.get(login, ())}


def _people(document: AccessDocument, host: Host) -> dict[int, str]:
    """People whose accounts stay open; of the others everything is ended (closed_logins.py)."""
    return {
        account.uid: account.login
        for account in document.accounts.values()
        if account.active and not account.is_agent and account.login in host.accounts
    }


def wait_for_logins(document: AccessDocument, host: Host) -> list[Change]:
    """Give a login that was let in by the keys of a moment ago the time to become visible."""
    people = {uid: one for uid, one in _people(document, host).items() if keys_that_go(one, document, host)}
    beginning = logins_in_between(host.processes, people.values(), frozenset(people))
    return [Change((), partial(_wait_for_logins, beginning, frozenset(people)))] if beginning else []


def logins_in_between(processes: Iterable[Process], logins: Iterable[str], uids: frozenset[int]) -> list[Process]:
    """Processes of sshd for these people that have started nothing as them yet."""
    listed = list(processes)
    titles = tuple(f"sshd: {login} [" for login in logins)
    shown = {process.parent for process in listed if process.real_uid in uids}
    return [
        process
        for process in listed
        if process.name == "sshd" and process.real_uid == 0 and process.title.startswith(titles)
        if process.pid not in shown
    ]


def _wait_for_logins(beginning: list[Process], uids: frozenset[int]) -> None:
    numbers = {process.pid for process in beginning}

    def decided() -> bool:
        shown = {process.parent for process in read_processes() if process.real_uid in uids}
        return not alive(beginning) or numbers <= shown

    wait_until(decided, LOGIN_SECONDS)


def end_lost_connections(document: AccessDocument, host: Host) -> list[Change]:
    """Connections over keys that are gone, all at the same time."""
    spared = numbers_of_tmux_servers(host.processes)
    connections = open_connections(host.processes, _people(document, host), session_of, spared)
    if not connections:
        return []
    accepted = accepted_keys(connection.monitor for connection in connections)
    lost = [one for one in connections if is_lost(one, accepted.get(one.monitor.pid), document, host)]
    if not lost:
        return []
    sentences = tuple(_said(one, accepted.get(one.monitor.pid)) for one in lost)
    return [Change(sentences, partial(end_connections, document.server, lost))]


def end_lost_terminals(document: AccessDocument, host: Host) -> list[Change]:
    """Every session over et and mosh of a person of whom a key goes; see terminal_sessions.py."""
    logins = [login for login in _people(document, host).values() if keys_that_go(login, document, host)]
    said = f"team-runtime: a key of yours has been removed from {document.server}. Connect again."
    return end_sessions_of(logins, "because a key of theirs is gone", said, host, session_of)


def is_lost(connection: Connection, accepted: str | None, document: AccessDocument, host: Host) -> bool:
    """Whether the connection came by a key that is gone, or may have."""
    if accepted is None:
        return keys_that_go(connection.login, document, host)
    return accepted not in _wanted(connection.login, document)


def _said(connection: Connection, accepted: str | None) -> str:
    why = f"over the key {accepted}, which is gone" if accepted else "over a key that is not known any more"
    return f"ended: {connection.login}'s connection (pid {connection.monitor.pid}) {why}"


def end_connections(server: str, connections: list[Connection]) -> None:
    """Say why on their terminals, then end all that belongs to them."""
    terminals = {terminal for connection in connections for terminal in connection.terminals}
    if terminals:
        tell(terminals, f"team-runtime: the key of this login on {server} has been removed.", leave_full_screen=True)
        # sshd passes the sentence on before it goes.
        wait_until(lambda: False, 0.2)
    everything = [process for connection in connections for process in connection.processes]
    # sudo first gets what it can pass on to its command; SIGHUP, because an interactive shell ignores SIGTERM.
    end(everything, signal.SIGHUP, signal.SIGTERM)
