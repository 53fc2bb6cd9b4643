"""The systemd unit that runs an agent's tmux server: agent-tmux@LOGIN.service."""

import re
from dataclasses import dataclass
from pathlib import Path

from team_host.commands import run, succeeds

WANTED_BY = Path("/etc/systemd/system/multi-user.target.wants")
_UNIT = re.compile(r"agent-tmux@(?P<login>[a-z0-9-]+)\.service")


@dataclass(frozen=True)
class UnitState:
    """Whether the unit starts with the machine, and whether it runs."""

    enabled: bool
    active: bool


def unit_name(login: str) -> str:
    """The unit of this agent, such as `agent-tmux@wes-agent.service`."""
    return f"agent-tmux@{login}.service"


def read_units() -> dict[str, UnitState]:
    """Every agent's unit that is enabled or known to systemd, by the agent's login."""
    enabled = {match["login"] for name in _names_in(WANTED_BY) if (match := _UNIT.fullmatch(name))}
    listed = run("systemctl", "list-units", "--all", "--plain", "--no-legend", "agent-tmux@*.service")
    active = set()
    known = set(enabled)
    for line in listed.splitlines():
        name, _, state, detail = line.split()[:4]
        match = _UNIT.fullmatch(name)
        if match:
            known.add(match["login"])
            # Between two attempts of a unit that does not start, systemd calls it activating too.
            if state in ("active", "activating", "reloading") and detail != "auto-restart":
                active.add(match["login"])
    return {login: UnitState(login in enabled, login in active) for login in sorted(known)}


def _names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()] if folder.is_dir() else []


def start_unit(login: str) -> None:
    """Enable and start; a unit that systemd had given up is started afresh."""
    if succeeds("systemctl", "is-failed", "--quiet", unit_name(login)):
        run("systemctl", "reset-failed", unit_name(login))
    run("systemctl", "enable", "--now", unit_name(login))


def stop_unit(login: str) -> None:
    """Stop, with every process of it, and do not start it with the machine."""
    run("systemctl", "disable", "--now", unit_name(login))
