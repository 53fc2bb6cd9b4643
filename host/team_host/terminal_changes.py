"""The team's terminal on this machine: what is turned off, and what is turned on once its package is there.

The port is opened last and closed first.
"""

from collections.abc import Mapping
from functools import partial
from typing import Protocol

from team_host import eternal_terminal, mosh
from team_host.change import Change
from team_host.connections import session_of
from team_host.firewall import opening, set_opening
from team_host.held_units import orphaned_holds, release, started, stop
from team_host.host import Host
from team_host.terminal_sessions import end_unwanted_sessions


class Terminal(Protocol):
    """A module that knows one terminal: the tool that it is, and what makes it ready."""

    TOOL: str
    OPENING: str

    def start_changes(self) -> list[Change]:
        """What is still to do before `OPENING` may be opened."""


TERMINALS: Mapping[str, Terminal] = {"et": eternal_terminal, "mosh": mosh}


def off_changes(wanted: str, host: Host) -> list[Change]:
    """What the terminals that are not wanted have left open or running."""
    rule = TERMINALS[wanted].OPENING if wanted in TERMINALS else None
    changes = close_changes() if opening() != rule else []
    if wanted != eternal_terminal.TOOL:
        changes += [Change((f"stopped: {unit}",), partial(stop, unit)) for unit in started()]
    if wanted != mosh.TOOL and mosh.is_in_place():
        changes.append(Change((f"removed: {mosh.COMMAND}",), mosh.COMMAND.unlink))
    return changes + end_unwanted_sessions(wanted, host, session_of)


def on_changes(wanted: str) -> list[Change]:
    """What makes the chosen one reachable. Raises `Failed` when it cannot be done."""
    if wanted not in TERMINALS:
        return []
    terminal = TERMINALS[wanted]
    changes = list(terminal.start_changes())
    if opening() != terminal.OPENING:
        changes.append(Change((f"opened: {terminal.OPENING}",), partial(set_opening, terminal.OPENING)))
    return changes


def close_changes() -> list[Change]:
    """Nothing but sshd is to be reached, whatever runs."""
    current = opening()
    return [] if current is None else [Change((f"closed: {current}",), partial(set_opening, None))]


def leftover_changes() -> list[Change]:
    """Drop-ins for units whose package is gone."""
    return [Change((f"removed: {file}",), partial(release, file)) for file in orphaned_holds()]
