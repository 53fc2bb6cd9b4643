"""People's sessions over Eternal Terminal and mosh: they outlive the ssh by which they came, and any key of it.

Both begin with an ssh that starts a program as the person, and goes. That program holds the terminal from then on.
By which key the ssh came, the program does not say, and whoever has read its secret could take it over from another
laptop. So what ends one of them for a lost key ends all of that person's on this server.
"""

import signal
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath

from team_host.change import Change
from team_host.connections import processes_of_login
from team_host.ended_commands import managed_people
from team_host.ending import end, tell, wait_until
from team_host.host import Host
from team_host.processes import Process
from team_host.tmux_servers import numbers_of_tmux_servers

# The program that holds the terminal → what people call it.
HOLDERS: Mapping[str, str] = {"etterminal": "et", "mosh-server": "mosh"}


@dataclass(frozen=True)
class TerminalSession:
    """`holder` is the program that holds the terminal, `processes` it and all that is part of the session."""

    login: str
    terminal: str
    holder: Process
    processes: tuple[Process, ...]

    @property
    def terminals(self) -> frozenset[int]:
        """Those that it opened, and those that `sudo` opened within."""
        return frozenset(process.terminal for process in self.processes if process.terminal is not None)


def open_sessions(
    processes: Iterable[Process],
    people: Mapping[int, str],
    session_of: Callable[[int], str | None],
    tmux_servers: Collection[int],
) -> list[TerminalSession]:
    """Sessions over et and mosh of these people (login by uid).

    What left the tree (`setsid`, `nohup`) is still part of the login session, a control group, as long as no ssh
    connection is in it. Agents' own tmux servers (`tmux_servers`, their numbers) never are, whoever started them.
    """
    listed = list(processes)
    with_ssh = {session_of(process.pid) for process in listed if process.name == "sshd" and process.real_uid == 0}
    found = []
    for holder in listed:
        terminal = _terminal_of(holder)
        if terminal is None or holder.real_uid not in people:
            continue
        session = session_of(holder.pid)
        own_session = None if session in with_ssh else session
        own = processes_of_login(holder, own_session, listed, session_of, tmux_servers)
        found.append(TerminalSession(people[holder.real_uid], terminal, holder, own))
    return found


def _terminal_of(process: Process) -> str | None:
    """By the file that it runs, which the kernel says, or by its name, which a script has."""
    return HOLDERS.get(PurePath(process.program).name) or HOLDERS.get(process.name)


def end_sessions_of(
    logins: Collection[str], why: str, said: str, host: Host, session_of: Callable[[int], str | None]
) -> list[Change]:
    """All sessions over et and mosh of these people. `why` continues the line of the report; `said` is for them."""
    people = {uid: login for uid, login in managed_people(host).items() if login in logins}
    sessions = open_sessions(host.processes, people, session_of, numbers_of_tmux_servers(host.processes))
    if not sessions:
        return []
    sentences = tuple(f"ended: {one.login}'s {one.terminal} session (pid {one.holder.pid}), {why}" for one in sessions)
    return [Change(sentences, partial(_end, sessions, said))]


def end_unwanted_sessions(wanted: str, host: Host, session_of: Callable[[int], str | None]) -> list[Change]:
    """Sessions over what the team has turned off: nobody can reach them, and what runs in them would go on unseen."""
    spared = numbers_of_tmux_servers(host.processes)
    found = open_sessions(host.processes, managed_people(host), session_of, spared)
    changes = []
    for terminal in sorted(set(HOLDERS.values()) - {wanted}):
        sessions = [one for one in found if one.terminal == terminal]
        if sessions:
            words = tuple(
                f"ended: {one.login}'s {terminal} session (pid {one.holder.pid}), which the team has turned off"
                for one in sessions
            )
            changes.append(Change(words, partial(_end, sessions, f"team-runtime: {terminal} has been turned off.")))
    return changes


def say_goodbye(processes: Iterable[Process]) -> None:
    """Let the holders among these processes say good-bye to their laptops, which else would wait for them for ever."""
    end([process for process in processes if _terminal_of(process) is not None], signal.SIGTERM)


def _end(sessions: list[TerminalSession], said: str) -> None:
    terminals = {terminal for session in sessions for terminal in session.terminals}
    if terminals:
        tell(terminals, said, leave_full_screen=True)
        # The holder passes the sentence on before it goes.
        wait_until(lambda: False, 0.3)
    say_goodbye([session.holder for session in sessions])
    end([process for session in sessions for process in session.processes], signal.SIGHUP, signal.SIGTERM)
