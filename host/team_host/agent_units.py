"""The tmux server of each active agent, from boot on."""

from functools import partial

from team_host.agent_unit import start_unit
from team_host.change import Change
from team_host.document import AccessDocument
from team_host.host import Host


def start_units(document: AccessDocument, host: Host) -> list[Change]:
    """Units of active agents that are not enabled, or do not run. A unit that runs is never restarted."""
    changes = []
    for account in document.accounts.values():
        unit = host.units.get(account.login)
        if account.is_agent and account.active and not (unit is not None and unit.enabled and unit.active):
            words = f"started: the tmux server of {account.login}"
            changes.append(Change((words,), partial(start_unit, account.login)))
    return changes
