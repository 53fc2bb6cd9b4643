"""Eternal Terminal: its settings first, then its service, on port 2022.

What is known of the package is in docs/terminals.md. Everything else is asked of it: which unit it brings, and the
settings file as it comes, of which two lines are changed and the rest is kept.
"""

import re
import stat
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from team_host.change import Change
from team_host.commands import run
from team_host.ending import wait_until
from team_host.errors import Failed
from team_host.files import FileState, make_folder, read_state, write_file
from team_host.held_units import hold, is_held, is_started, start, stop, units_among
from team_host.packages import installed_version

TOOL = PACKAGE = "et"
PORT = 2022
OPENING = f"tcp dport {PORT} accept"
CONFIG = Path("/etc/et.cfg")
# Root's, and nobody can list it. People's etterminal runs as them and must be able to make its file there.
LOGS, LOGS_MODE = Path("/var/log/et"), 0o1733
SETTINGS: Mapping[str, str] = {"telemetry": "false", "logdirectory": str(LOGS)}
FREE_SECONDS, START_SECONDS = 5.0, 15.0
_LISTENING = "0A"


def configured(text: str) -> str:
    """The settings file with our values in place of its own, also of those that are commented out.

    Raises `Failed` when it has no such setting: then nobody knows what would be in force.
    """
    for name, value in SETTINGS.items():
        line = re.compile(rf"^[ \t]*[#;]*[ \t]*{name}[ \t]*=.*$", re.MULTILINE)
        found = line.findall(text)
        if not found:
            raise Failed(f"{CONFIG} of this package has no setting {name}, so that it cannot be set to {value}.")
        first, *others = (match.span() for match in line.finditer(text))
        for begin, end in reversed(others):
            text = text[:begin] + text[end:].removeprefix("\n")
        text = f"{text[: first[0]]}{name} = {value}{text[first[1] :]}"
    return text


def configure_before(files: Mapping[str, bytes]) -> None:
    """Put the settings in place before the package is: dpkg keeps a settings file that is there."""
    own = files.get(str(CONFIG))
    if own is None:
        raise Failed(f"the package brings no {CONFIG}.")
    make_folder(LOGS, LOGS_MODE)
    write_file(CONFIG, _state(configured(own.decode(errors="replace"))))


def start_changes() -> list[Change]:
    """What is still to do before its port may be opened. Raises `Failed` when it cannot be done."""
    if installed_version(PACKAGE) is None:
        return []
    unit = service_unit()
    state = read_state(CONFIG)
    if state is None:
        raise Failed(f"{CONFIG} is missing. Remove the package {PACKAGE} on the server, then run pulumi up.")
    wanted = _state(configured(state.content.decode(errors="replace")))
    changes = []
    if not is_held(unit):
        changes.append(Change((f"wrote: what keeps {unit} from starting by itself",), partial(hold, [unit])))
    if not _logs_are_closed():
        changes.append(Change((f"made folder: {LOGS}",), partial(make_folder, LOGS, LOGS_MODE)))
    if state != wanted:
        changes.append(Change((f"wrote: {CONFIG}",), partial(write_file, CONFIG, wanted)))
    if changes or not (is_started(unit) and listens()):
        changes.append(Change((f"started: {unit}",), partial(_start, unit)))
    return changes


def service_unit() -> str:
    """The one service of the package."""
    units = units_among(run("dpkg-query", "--listfiles", PACKAGE).splitlines())
    services = [unit for unit in units if unit.endswith(".service")]
    if len(services) != 1:
        shown = ", ".join(services) or "none"
        raise Failed(f"the package {PACKAGE} was expected to bring one service, and brings {shown}.")
    return services[0]


def listens() -> bool:
    """Whether something listens on the port, on addresses of either kind (proc(5), /proc/net/tcp)."""
    return any(_listens_in(Path("/proc/net") / table) for table in ("tcp", "tcp6"))


def _listens_in(table: Path) -> bool:
    lines = table.read_text().splitlines()[1:] if table.exists() else []
    fields = (line.split() for line in lines)
    return any(each[3] == _LISTENING and int(each[1].rpartition(":")[2], 16) == PORT for each in fields)


def _start(unit: str) -> None:
    """A service that does not answer at its port is stopped again, and one whose port another has is not started."""
    stop(unit)
    if not wait_until(lambda: not listens(), FREE_SECONDS):
        raise Failed(f"another program than {unit} listens on port {PORT}. Find it with ss -lntp on the server.")
    try:
        start(unit)
    except Failed:
        stop(unit)
        raise
    if not wait_until(listens, START_SECONDS):
        stop(unit)
        raise Failed(f"{unit} was started and does not listen on port {PORT}. Look at journalctl -u {unit}.")


def _logs_are_closed() -> bool:
    try:
        status = LOGS.lstat()
    except FileNotFoundError:
        return False
    return (stat.S_IMODE(status.st_mode), status.st_uid, status.st_gid) == (LOGS_MODE, 0, 0)


def _state(text: str) -> FileState:
    return FileState(text.encode(), 0o644, 0, 0)
