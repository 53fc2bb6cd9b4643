"""Deleting accounts that the applier made and that the document no longer names."""

import filecmp
import os
import shutil
import tarfile
import time
from functools import partial
from pathlib import Path

from team_host import paths
from team_host.account_rules import closed_accounts
from team_host.accounts import SKELETON
from team_host.change import Change
from team_host.commands import run
from team_host.document import AccessDocument
from team_host.ending import processes_with
from team_host.errors import Failed
from team_host.host import Host
from team_host.host_accounts import HostAccount
from team_host.remains import entrust_remains

GOING = ".team-runtime-removed"


def remove_accounts(document: AccessDocument, host: Host) -> list[Change]:
    """Accounts that nobody wants any more, after everything of theirs has ended, and homes half removed.

    Only what is proven to be the applier's own: by its record and by the marker.
    """
    changes = [
        Change((f"removed account: {account.login} (uid {account.uid})",), partial(_remove, account))
        for account in closed_accounts(document, host)
        if account.login not in document.accounts and account.is_marked and host.record.made(account.login, account.uid)
    ]
    half_removed = [paths.HOMES / name for name in host.homes if name.endswith(GOING)]
    return changes + [Change((f"removed: {home}",), partial(shutil.rmtree, home)) for home in half_removed]


def accounts_kept(document: AccessDocument, host: Host) -> list[str]:
    """Closed accounts that are not deleted because they are not proven to be the applier's own."""
    return [
        f"{account.login} (uid {account.uid}) is not in the access document and is closed, but not deleted: "
        "the record of it on this server is lost or the account was changed by hand. "
        f"Look at it, then run `userdel {account.login}` here."
        for account in closed_accounts(document, host)
        if account.login not in document.accounts
        and not (account.is_marked and host.record.made(account.login, account.uid))
    ]


def _remove(account: HostAccount) -> None:
    """Archive, move the home out of reach, delete it, give what else is there another owner, delete the account.

    Each step can be the last one before a crash: the next run goes on from there and loses nothing.
    """
    if processes_with(account.uid):
        # Deleting it now would leave processes of a bare uid (userdel(8), exit status 8).
        raise Failed(f"{account.login} still has processes and was not removed. Run this again.")
    home = Path(account.home)
    going = home.with_name(f".{home.name}{GOING}")
    if home.parent == paths.HOMES and home.is_dir() and not home.is_symlink():
        if holds_more_than_skeleton(home):
            archive_home(account.login, account.uid, home)
        if going.exists():
            shutil.rmtree(going)
        home.rename(going)
        os.chown(going, 0, 0)
    if going.exists():
        shutil.rmtree(going)
    # An agent of this name that comes back could not open its own sockets otherwise.
    sockets = paths.AGENT_SOCKETS / f"tmux-{account.uid}"
    if sockets.exists():
        shutil.rmtree(sockets)
    entrust_remains(account)
    run("userdel", account.login)


def holds_more_than_skeleton(home: Path) -> bool:
    """Whether anything in the home is not exactly as /etc/skel gave it; bare cache marks do not count."""
    for folder, folders, files in os.walk(home):
        inside = Path(folder).relative_to(home)
        for name in (*folders, *files):
            path, original = Path(folder) / name, SKELETON / inside / name
            if path.is_dir() and not path.is_symlink():
                continue
            same_kind = path.is_symlink() == original.is_symlink() and original.is_file() and path.is_file()
            if not same_kind or not filecmp.cmp(path, original, shallow=False):
                return True
    return False


def archive_home(login: str, uid: int, home: Path) -> Path:
    """Pack the home where only root can read it; the archive is there complete or not at all."""
    when = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    archive = paths.ARCHIVE / f"{login}-{uid}-{when}.tar.gz"
    temporary = archive.with_name(f".{archive.name}.team-runtime-new")
    try:
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            with tarfile.open(fileobj=stream, mode="w:gz", compresslevel=1) as packed:
                packed.add(home, arcname=login)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.rename(archive)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise Failed(
            f"the home of {login} could not be archived in {paths.ARCHIVE}: {error.strerror or error}. "
            "The account is closed but was not removed. Make room and run this again."
        ) from error
    return archive
