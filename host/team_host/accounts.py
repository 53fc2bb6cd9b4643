"""Making accounts, and keeping them as they were made."""

import os
import shutil
from functools import partial
from pathlib import Path

from team_host import paths
from team_host.account_rules import SHELL, full_name, home_of, wanted_groups
from team_host.change import Change
from team_host.commands import run
from team_host.document import AccessDocument
from team_host.document_accounts import Account
from team_host.files import make_folder
from team_host.host import Host
from team_host.host_accounts import HostAccount
from team_host.record import Record, write_record

SKELETON = Path("/etc/skel")
HOME_MODE = 0o700


def remember_accounts(document: AccessDocument, host: Host) -> list[Change]:
    """Write down whose uid is whose before any account is made, so that a run that dies is not a mystery."""
    uids = {**host.record.uids, **{account.uid: account.login for account in document.accounts.values()}}
    if uids == host.record.uids:
        return []
    return [Change((), partial(write_record, Record(uids, host.record.document)))]


def make_accounts(document: AccessDocument, host: Host) -> list[Change]:
    """Accounts that are missing, people before their agents."""
    missing = [account for account in document.accounts.values() if account.login not in host.accounts]
    return [
        Change((f"made account: {one.login} (uid {one.uid})",), partial(_make, one, one.login in host.groups))
        for one in sorted(missing, key=lambda account: account.uid)
    ]


def _make(account: Account, has_group: bool) -> None:
    """Closed to passwords, and with no key and no grant yet."""
    number = str(account.uid)
    if not has_group:
        run("groupadd", "--gid", number, account.login)
    # The home is made by make_homes in one rename: useradd would copy the skeleton file by file, mode 0755.
    # No subordinate uids: their ranges depend on the order in which accounts are made.
    settings = ("--key", "SUB_UID_COUNT=0", "--key", "SUB_GID_COUNT=0")
    place = ("--home-dir", home_of(account.login), "--no-create-home", "--shell", SHELL)
    groups = ("--groups", ",".join(sorted(wanted_groups(account))))
    marked = ("--comment", full_name(account))
    run("useradd", "--uid", number, "--gid", number, *groups, *place, *settings, *marked, account.login)
    if not account.active:
        run("usermod", "--lock", "--expiredate", "1", account.login)


def repair_accounts(document: AccessDocument, host: Host) -> list[Change]:
    """Accounts whose line in passwd, shadow or group is not as the document wants it."""
    changes = []
    for account in document.accounts.values():
        existing = host.accounts.get(account.login)
        if existing is not None and account.active:
            changes += _repair(account, existing)
    return changes


def _repair(account: Account, existing: HostAccount) -> list[Change]:
    groups = wanted_groups(account)
    # What differs, in words, and the options of usermod(8) that put it right.
    differences: list[tuple[bool, str, tuple[str, ...]]] = [
        (existing.expired, "was closed", ("--expiredate", "")),
        (not existing.locked, "had a password", ("--lock",)),
        (existing.groups != groups, _group_words(existing.groups, groups), ("--groups", ",".join(sorted(groups)))),
        (existing.gid != account.uid, f"had gid {existing.gid}", ("--gid", str(account.uid))),
        (existing.shell != SHELL, f"had the shell {existing.shell}", ("--shell", SHELL)),
        (existing.home != home_of(account.login), f"had the home {existing.home}", ("--home", home_of(account.login))),
        (existing.full_name != full_name(account), "had another full name", ("--comment", full_name(account))),
    ]
    found = [(words, options) for differs, words, options in differences if differs]
    if not found:
        return []
    options = [option for _, some in found for option in some]
    reasons = "; ".join(words for words, _ in found)
    return [Change((f"set account: {account.login} ({reasons})",), partial(run, "usermod", *options, account.login))]


def _group_words(existing: frozenset[str], wanted: frozenset[str]) -> str:
    words = [f"was not in {group}" for group in sorted(wanted - existing)]
    return "; ".join(words + [f"was in {group}" for group in sorted(existing - wanted)])


def make_homes(document: AccessDocument, host: Host) -> list[Change]:
    """Homes that are missing, and homes that are open to others or not their account's own."""
    changes = []
    for account in document.accounts.values():
        home, state = Path(home_of(account.login)), host.homes.get(account.login)
        if state is None:
            changes.append(Change((f"made home: {home}",), partial(_make_home, home, account.uid)))
        elif (state.is_folder, state.mode, state.uid, state.gid) != (True, HOME_MODE, account.uid, account.uid):
            words = f"set home: {home} (was mode {state.mode:04o}, owner {state.uid}:{state.gid})"
            changes.append(Change((words,), partial(make_folder, home, HOME_MODE, account.uid, account.uid)))
    return changes


def _make_home(home: Path, uid: int) -> None:
    """Complete or not at all: the skeleton is copied to a hidden place and renamed."""
    new = paths.HOMES / f".{home.name}.team-runtime-new"
    if new.exists():
        shutil.rmtree(new)
    shutil.copytree(SKELETON, new, symlinks=True)
    for folder, folders, files in os.walk(new):
        for name in (*folders, *files):
            os.chown(Path(folder) / name, uid, uid, follow_symlinks=False)
    os.chown(new, uid, uid)
    new.chmod(HOME_MODE)
    new.rename(home)
