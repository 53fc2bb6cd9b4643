"""Logins, uids, labels, and how foreign text is shown."""

import re

# Narrower than useradd and sudoers allow, on purpose: Debian's useradd takes `ALL`, `%wes` and `we/s`.
# 26, because `-agent` is added and Linux allows 32. No dot: sudo skips files whose name has one.
_HUMAN = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", re.ASCII)
_SERVER = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
_PRINTABLE = re.compile(r"[\x20-\x7e]*", re.ASCII)

AGENT_SUFFIX = "-agent"
UID_FIRST, UID_LAST = 2000, 59999
HUMAN_LIMIT = 26

# Accounts and groups with power of their own. Most are caught as "not managed" too; these are refused even
# on an image that happens not to have them.
RESERVED = frozenset(
    """
    adm admin bin daemon debian deploy disk docker games incus irc kvm libvirt list lp lxd mail man messagebus news
    nobody nogroup operator polkitd proxy root shadow src sshd staff sudo sync sys systemd-journal systemd-network
    systemd-resolve systemd-timesync tape team-agents team-leads team-login ubuntu users utmp uucp wheel www-data
    """.split()
)


def is_human_login(text: str) -> bool:
    """Whether this may be the login of a person: `^[a-z][a-z0-9-]{0,25}$` without `--`, a last `-`, or `-agent`."""
    well_formed = len(text) <= HUMAN_LIMIT and _HUMAN.fullmatch(text) is not None
    return well_formed and not text.endswith(AGENT_SUFFIX) and text not in RESERVED


def is_agent_login(text: str) -> bool:
    """Whether this may be the login of an agent: a person's login and `-agent`."""
    return text.endswith(AGENT_SUFFIX) and is_human_login(text.removesuffix(AGENT_SUFFIX))


def is_server_name(text: str) -> bool:
    """Whether this is one DNS label (RFC 1123), as a server's name is."""
    return _SERVER.fullmatch(text) is not None


def is_printable(text: str) -> bool:
    """Whether the text is one line of printable ASCII."""
    return _PRINTABLE.fullmatch(text) is not None


def shown(value: object, limit: int = 80) -> str:
    """Foreign text for an error message: quoted, escaped to ASCII, shortened."""
    text = ascii(value)
    return text if len(text) <= limit else f"{text[: limit - 3]}..."
