"""The accounts and groups of this machine, as its files say."""

import grp
import pwd
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from team_host.names import AGENT_SUFFIX, UID_FIRST, UID_LAST, is_agent_login, is_human_login

SHADOW = Path("/etc/shadow")

# The full name of every account that the applier makes. Only root can set it: chfn(1) lets a user change
# phone and room, not the name (CHFN_RESTRICT in login.defs).
HUMAN_MARKER = "team-runtime human"
AGENT_MARKER = "team-runtime agent of "


@dataclass(frozen=True)
class HostAccount:
    """One line of passwd, with what shadow and group add.

    `groups` are the supplementary ones. `locked` means that no password can be right, `expired` that PAM
    refuses the account whatever the key.
    """

    login: str
    uid: int
    gid: int
    full_name: str
    home: str
    shell: str
    groups: frozenset[str]
    locked: bool
    expired: bool

    @property
    def is_marked(self) -> bool:
        """Whether the applier's marker is on it."""
        name = self.full_name.split(",")[0]
        return name in (HUMAN_MARKER, AGENT_MARKER + self.login.removesuffix(AGENT_SUFFIX))

    @property
    def is_manageable(self) -> bool:
        """Whether a document could name it at all: never the deploy user, nor an account of the system."""
        is_login = is_human_login(self.login) or is_agent_login(self.login)
        return is_login and UID_FIRST <= self.uid <= UID_LAST


@dataclass(frozen=True)
class HostGroup:
    """One line of group."""

    name: str
    gid: int
    members: frozenset[str]


def read_groups() -> dict[str, HostGroup]:
    """All groups, by name."""
    return {g.gr_name: HostGroup(g.gr_name, g.gr_gid, frozenset(g.gr_mem)) for g in grp.getgrall()}


def read_accounts(groups: Mapping[str, HostGroup]) -> dict[str, HostAccount]:
    """All accounts, by login."""
    shadow = parse_shadow(SHADOW.read_text(encoding="utf-8", errors="replace"))
    return {
        entry.pw_name: HostAccount(
            login=entry.pw_name,
            uid=entry.pw_uid,
            gid=entry.pw_gid,
            full_name=entry.pw_gecos,
            home=entry.pw_dir,
            shell=entry.pw_shell,
            groups=frozenset(group.name for group in groups.values() if entry.pw_name in group.members),
            locked=shadow.get(entry.pw_name, (False, False))[0],
            expired=shadow.get(entry.pw_name, (False, False))[1],
        )
        for entry in pwd.getpwall()
    }


def parse_shadow(text: str) -> dict[str, tuple[bool, bool]]:
    """By login: is the password locked, and is the account closed (shadow(5)).

    Closed means an expiry on the first days of 1970, as the applier sets it; a day to come is none of ours.
    """
    found = {}
    for line in text.splitlines():
        fields = line.split(":")
        if len(fields) == 9:
            found[fields[0]] = (fields[1].startswith(("!", "*")), fields[7] in ("0", "1"))
    return found
