"""Which accounts of this machine are wanted, closed, or in the way; pure questions about document and machine."""

from team_host import paths
from team_host.document import AccessDocument
from team_host.document_accounts import Account
from team_host.host import Host
from team_host.host_accounts import AGENT_MARKER, HUMAN_MARKER, HostAccount

SHELL = "/bin/bash"


def full_name(account: Account) -> str:
    """The GECOS name, which carries the marker."""
    return AGENT_MARKER + account.owner if account.is_agent else HUMAN_MARKER


def home_of(login: str) -> str:
    """The home folder, `/home/LOGIN`."""
    return str(paths.HOMES / login)


def wanted_groups(account: Account) -> frozenset[str]:
    """All supplementary groups that the account may be in: by what it is while it is active, none afterwards."""
    if not account.active:
        return frozenset()
    if account.is_agent:
        return frozenset({paths.AGENT_GROUP})
    # What leads do as agents is recorded, as their own too where they have one (see /etc/sudoers.d/00-team-runtime).
    return frozenset({paths.LOGIN_GROUP, paths.LEAD_GROUP} if account.is_lead else {paths.LOGIN_GROUP})


def closed_accounts(document: AccessDocument, host: Host) -> list[HostAccount]:
    """Managed accounts that may do nothing any more: left, or not in the document. People before agents."""
    closed = [
        account
        for account in host.accounts.values()
        if host.manages(account) and not _is_active(document, account.login)
    ]
    return sorted(closed, key=lambda account: (account.login.endswith("-agent"), account.login))


def _is_active(document: AccessDocument, login: str) -> bool:
    account = document.accounts.get(login)
    return account is not None and account.active


def obstacles(document: AccessDocument, host: Host) -> list[str]:
    """Why the document cannot be applied to this machine, with the remedy; empty when it can.

    Nothing that is there is ever adopted: an account, group, home or uid of somebody else stays theirs.
    """
    problems: list[str] = []
    for account in document.accounts.values():
        problems += _account_obstacles(account, host)
        problems += _group_obstacles(account, host)
    return problems


def _account_obstacles(account: Account, host: Host) -> list[str]:
    login, uid = account.login, account.uid
    existing = host.accounts.get(login)
    if existing is not None and existing.uid != uid:
        return [
            f"{login} has uid {existing.uid} on this server, and the document says {uid}. An account's uid is never "
            f"changed: set `uid: {existing.uid}` in the team file, or move its files and run `userdel {login}` here."
        ]
    if existing is not None and not host.manages(existing):
        return [
            f"{login} (uid {uid}) exists on this server and was not made by team-runtime. Choose another login in the "
            f"team file, or move its files and run `userdel {login}` here."
        ]
    problems = [
        f"uid {uid} of {login} belongs to the account {other.login} on this server. "
        "Choose another uid in the team file."
        for other in host.accounts.values()
        if other.uid == uid and other.login != login
    ]
    former = host.record.uids.get(uid, login)
    if former != login:
        problems.append(
            f"uid {uid} of {login} belonged to {former} on this server, whose files may still be there. "
            "A uid is never used again: choose another one in the team file."
        )
    home = host.homes.get(login)
    if existing is None and home is not None and (home.uid != uid or not home.is_folder):
        problems.append(f"{home_of(login)} is there already and belongs to uid {home.uid}. Move it away.")
    return problems


def _group_obstacles(account: Account, host: Host) -> list[str]:
    named = host.groups.get(account.login)
    if named is not None and named.gid != account.uid:
        return [
            f"the group {account.login} has gid {named.gid} on this server, and its account needs {account.uid}. "
            f"Run `groupdel {account.login}` here, if nothing uses it."
        ]
    return [
        f"gid {account.uid} of {account.login} belongs to the group {other.name} on this server. "
        "Choose another uid in the team file."
        for other in host.groups.values()
        if other.gid == account.uid and other.name != account.login
    ]
