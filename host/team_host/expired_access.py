"""Ending what is still open under access whose time is over, without any update from outside.

sudo and sshd refuse whatever is new by themselves (NOTAFTER, expiry-time). Neither ends what was opened in
time. Both read this machine's clock, and so does this.
"""

import re
from functools import partial

from team_host.change import Change
from team_host.closed_logins import end_login
from team_host.ended_commands import end_all_but, managed_agents, managed_people, people_ever
from team_host.errors import Refused
from team_host.files import FileState
from team_host.host import Host
from team_host.open_access import Allowed, login_processes
from team_host.sudoers_line import parse_sudoers_line

_EXPIRY = re.compile(r'(?:^|,)expiry-time="([0-9]{14}Z)"', re.ASCII)


def expired_pairs(rules: FileState | None, now: str) -> Allowed:
    """(user, target) of each rule in force whose end has passed. A line of another form says nothing here."""
    expired = set()
    for line in rules.content.decode(errors="replace").splitlines() if rules else []:
        try:
            grant = parse_sudoers_line(line)
        except Refused:
            continue
        if grant.end and now > grant.end:
            expired.add((grant.user, grant.target))
    return frozenset(expired)


def end_expired_commands(server: str, host: Host) -> list[Change]:
    """Commands as an agent under a grant that has ended. What has no end is not looked at."""
    people, agents = people_ever(host).values(), managed_agents(host).values()
    everything = frozenset((user, target) for user in people for target in agents)
    return end_all_but(everything - expired_pairs(host.sudoers, host.now), server, host)


def are_expired(keys: FileState | None, now: str) -> bool:
    """Whether there are keys and every one of them is past its `expiry-time`."""
    lines = [line for line in keys.content.decode(errors="replace").splitlines() if _is_key(line)] if keys else []
    # The first word: the options, in which the applier writes no blank, or else the key's type.
    ends = [_EXPIRY.search(line.split()[0]) for line in lines]
    return bool(lines) and all(end is not None and now > end[1] for end in ends)


def _is_key(line: str) -> bool:
    return bool(line.strip()) and not line.startswith("#")


def end_expired_logins(server: str, host: Host) -> list[Change]:
    """Everything of people whose every key here has expired: a session from before is all that they have left."""
    changes = []
    for login in sorted(managed_people(host).values()):
        account = host.accounts[login]
        open_ones = login_processes(host.processes, login, account.uid)
        if open_ones and are_expired(host.key_files.get(login), host.now):
            words = f"ended: everything of {login}, whose access has expired ({len(open_ones)} processes)"
            changes.append(Change((words,), partial(end_login, account, server)))
    return changes
