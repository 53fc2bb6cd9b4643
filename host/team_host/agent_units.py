"""The tmux server of each active agent, from boot on."""

from functools import partial

from team_host.agent_unit import start_unit
from team_host.change import Change
from team_host.document import AccessDocument
from team_host.host import Host
from team_host.tmux_servers import read_tmux_servers


def start_units(document: AccessDocument, host: Host) -> list[Change]:
    """Units of active agents that are not enabled, or do not run. A unit that runs is never restarted.

    One whose place is taken by a server that somebody started by hand cannot start until that one ends. An agent must
    not be able to make an update fail in this way: systemd goes on trying, and the audit says so.
    """
    changes = []
    answering = read_tmux_servers(host.processes)
    for account in document.accounts.values():
        unit = host.units.get(account.login)
        if unit is not None and unit.enabled and account.uid in answering:
            continue
        if account.is_agent and account.active and not (unit is not None and unit.enabled and unit.active):
            words = f"started: the tmux server of {account.login}"
            changes.append(Change((words,), partial(start_unit, account.login)))
    return changes
