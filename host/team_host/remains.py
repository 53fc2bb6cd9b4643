"""What a person who is removed owns outside of the home: files in /tmp, /srv, /var/spool...

They stay where they are, for others may work with them, and get an owner whom nobody can become. Left to the bare
uid they would belong to no account; given to root, programs would trust them that trust root.
"""

import os
import stat
import time
from collections.abc import Iterable
from pathlib import Path

from team_host import paths
from team_host.commands import run, succeeds
from team_host.file_search import FoundFile, find_files
from team_host.host_accounts import HostAccount
from team_host.names import shown

KEEPER = "team-left"
# A disk with some million files; nothing waits for this but the removal of the account.
TIME_LIMIT = 1800.0


def entrust_remains(account: HostAccount) -> None:
    """Give every file of the account, and of its group, to the keeper, and take setuid and setgid from it.

    Which files those were is written down beside the archive of the home, before the first is changed. Nothing of
    the account may run any more, so that none comes in the meantime.
    """
    found = find_files("-uid", str(account.uid), "-o", "-gid", str(account.gid), time_limit=TIME_LIMIT)
    if not found:
        return
    if not succeeds("getent", "passwd", KEEPER):
        place = ("--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin")
        run("useradd", "--system", "--user-group", *place, "--comment", "owns what leavers left behind", KEEPER)
    _write_list(account, found)
    _, _, uid, gid, *_ = run("getent", "passwd", KEEPER).split(":")
    for file in found:
        _entrust(file.path, account, int(uid), int(gid))


def _write_list(account: HostAccount, found: Iterable[FoundFile]) -> None:
    when = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    path = paths.ARCHIVE / f"{account.login}-{account.uid}-{when}.files"
    lines = (f"{file.mode:04o} {file.uid}:{file.gid} {shown(file.path, 4096)}\n" for file in found)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as stream:
        stream.writelines(lines)
        stream.flush()
        os.fsync(stream.fileno())


def _entrust(path: str, account: HostAccount, uid: int, gid: int) -> None:
    """Looks again at what it has in its hands: another account may have put something else in this place."""
    try:
        descriptor = os.open(path, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        status = os.fstat(descriptor)
        # chown(2) and chmod(2) do not take such a descriptor; its name in /proc leads to the same file (open(2)).
        same = Path(f"/proc/self/fd/{descriptor}")
        new_uid = uid if status.st_uid == account.uid else -1
        new_gid = gid if status.st_gid == account.gid else -1
        if (new_uid, new_gid) == (-1, -1):
            return
        if not stat.S_ISLNK(status.st_mode) and status.st_mode & 0o6000:
            same.chmod(stat.S_IMODE(status.st_mode) & ~0o6000)
        os.chown(same, new_uid, new_gid)
    finally:
        os.close(descriptor)
