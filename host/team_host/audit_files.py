"""Files by which access that is gone could come back, or could pass to somebody else."""

from collections.abc import Iterable, Mapping

from team_host import paths
from team_host.file_search import FoundFile, find_files
from team_host.finding import Finding
from team_host.host import Host
from team_host.names import AGENT_SUFFIX, shown

# Uids that systemd lends to services while they run (systemd.exec(5), DynamicUser=).
LENT = range(61184, 65520)
MOST_NAMES = 3


# What find(1) picks: setuid and setgid files, sockets, and what belongs to no account.
WANTED = ("-type", "f", "-perm", "/6000", "-o", "-type", "s", "-o", "-nouser", "-o", "-nogroup")
TIME_LIMIT = 150.0


def audit_files(host: Host) -> list[Finding]:
    """Setuid files and foreign sockets of managed accounts, and files that belong to no account."""
    managed = {account.uid: account.login for account in host.accounts.values() if host.manages(account)}
    accounts = {account.uid for account in host.accounts.values()}
    groups = {group.gid for group in host.groups.values()}
    return findings_of_files(find_files(*WANTED, time_limit=TIME_LIMIT), managed, accounts, groups, host.record.uids)


def findings_of_files(
    files: Iterable[FoundFile],
    managed: Mapping[int, str],
    accounts: set[int],
    groups: set[int],
    former: Mapping[int, str],
) -> list[Finding]:
    """The findings for these files. `managed` and `former` map uids to logins; `accounts` and `groups` exist."""
    found: list[Finding] = []
    ownerless: dict[int, list[str]] = {}
    for file in files:
        owner = managed.get(file.uid)
        if owner is not None and file.kind == "f" and file.mode & 0o6000:
            sentence = f"makes whoever runs it {owner} (mode {file.mode:04o})."
            found.append(Finding("leftover", shown(file.path, 200), sentence, "Ask who made it, then remove it."))
        elif owner is not None and file.kind == "s" and _is_foreign_socket(file, owner):
            sentence = f"is a socket of {owner} outside its own places, so others may be let in."
            found.append(Finding("leftover", shown(file.path, 200), sentence, "Ask who made it, then remove it."))
        if file.uid not in accounts and file.uid not in LENT:
            ownerless.setdefault(file.uid, []).append(file.path)
        elif file.gid not in groups and file.gid not in LENT:
            ownerless.setdefault(file.gid, []).append(file.path)
    return found + [_ownerless(uid, names, former.get(uid)) for uid, names in sorted(ownerless.items())]


def _is_foreign_socket(file: FoundFile, owner: str) -> bool:
    """People's own programs make sockets all the time; of an agent none is expected but tmux's own.

    A home is closed to everybody else, so what lies in there lets nobody in.
    """
    own = (f"{paths.AGENT_SOCKETS}/tmux-{file.uid}/", f"{paths.HOMES / owner}/")
    return owner.endswith(AGENT_SUFFIX) and not file.path.startswith(own)


def _ownerless(number: int, names: list[str], login: str | None) -> Finding:
    few = ", ".join(shown(name, 100) for name in sorted(names)[:MOST_NAMES])
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    whose = f" (formerly {login})" if login else ""
    sentence = f"{number}{whose} is no account or group here, and owns {few}{more}."
    return Finding("leftover", f"files of {number}", sentence, "Give them to root or remove them.")
