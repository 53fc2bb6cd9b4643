"""Standing units that run, and agents' units that are ours and nothing else.

Whether agents' units run is for the applier's check to say.
"""

from collections.abc import Iterable

from team_host.agent_unit import unit_name
from team_host.commands import run, succeeds
from team_host.finding import Finding
from team_host.host import Host
from team_host.names import AGENT_SUFFIX
from team_host.standing_units import STANDING_UNITS

TEMPLATE = "/etc/systemd/system/agent-tmux@.service"


def audit_standing_units() -> list[Finding]:
    """Units of every server that do not run, or would not after a restart of the machine."""
    found = []
    for unit in STANDING_UNITS:
        missing = [word for word in ("active", "enabled") if not succeeds("systemctl", f"is-{word}", "--quiet", unit)]
        if missing:
            fix = f"Run sudo systemctl enable --now {unit} on the server."
            found.append(Finding("drift", unit, f"is not {' and not '.join(missing)}.", fix))
    return found


def audit_units(host: Host, active: Iterable[str]) -> list[Finding]:
    """Units of active agents that come from another file, or that another file adds to."""
    agents = sorted(login for login in active if login.endswith(AGENT_SUFFIX) and login in host.accounts)
    found = []
    for login in agents:
        shown = run("systemctl", "show", "--property=FragmentPath,DropInPaths,NeedDaemonReload", unit_name(login))
        found += findings_of_unit(unit_name(login), shown)
    return found


def findings_of_unit(unit: str, properties: str) -> list[Finding]:
    """The findings for what `systemctl show` printed (`NAME=value`, one on each line).

    A unit that is masked has /dev/null for its file: that is what a freeze does.
    """
    values = dict(line.split("=", 1) for line in properties.splitlines() if "=" in line)
    found = []
    source = values.get("FragmentPath", "")
    if source not in (TEMPLATE, "/dev/null", f"/etc/systemd/system/{unit}"):
        sentence = f"is made from {source or 'no file'}, not from {TEMPLATE}."
        found.append(Finding("drift", unit, sentence, "Install the host software again."))
    fix = "Look at it, remove it, then run sudo systemctl daemon-reload on the server."
    found += [
        Finding("unmanaged", unit, f"is changed by {path}.", fix) for path in values.get("DropInPaths", "").split()
    ]
    if values.get("NeedDaemonReload") == "yes":
        sentence = "is not what systemd has loaded."
        found.append(Finding("drift", unit, sentence, "Run sudo systemctl daemon-reload on the server."))
    return found
