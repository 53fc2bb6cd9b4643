"""What a person who acted as an agent may have left behind to come back by.

Other parts of that: audit_files.py, audit_tmux.py, audit_processes.py.
"""

import os
from collections.abc import Collection
from pathlib import Path

from team_host.finding import Finding
from team_host.host import Host
from team_host.host_accounts import HostAccount
from team_host.names import AGENT_SUFFIX

USER_UNITS = Path(".config/systemd/user")
PLANTED_KEYS = (Path(".ssh/authorized_keys"), Path(".ssh/authorized_keys2"))


def audit_leftovers(host: Host, active: Collection[str]) -> list[Finding]:
    """Scheduled work, user units and planted keys.

    Of closed accounts nothing is said: the applier ends and reports all of theirs. The owner of a server may
    have scheduled work there: it runs as the owner, who may log in anyway.
    """
    found: list[Finding] = []
    for account in host.accounts.values():
        if not host.manages(account) or account.login not in active:
            continue
        found += _planted_keys(account)
        if f"{account.login}{AGENT_SUFFIX}" not in active:
            found += _scheduled(account, host)
    return found


def _planted_keys(account: HostAccount) -> list[Finding]:
    return [
        Finding(
            "leftover",
            str(path),
            f"is a list of keys in the home of {account.login}. sshd does not read it.",
            "Ask who put it there, then remove it.",
        )
        for path in (Path(account.home) / name for name in PLANTED_KEYS)
        if os.path.lexists(path)
    ]


def _scheduled(account: HostAccount, host: Host) -> list[Finding]:
    files = list(host.scheduled.get(account.login, ()))
    units = Path(account.home) / USER_UNITS
    if units.is_dir() and not units.is_symlink():
        files += sorted(str(path) for path in units.rglob("*") if not path.is_dir())
    sentence = f"starts something as {account.login} without a login."
    return [Finding("leftover", file, sentence, "Ask who needs it, then remove it.") for file in files]
