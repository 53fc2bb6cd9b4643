"""What starts on behalf of an account without a login: cron and at jobs, and lingering user services."""

import shutil
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from team_host import paths
from team_host.host_accounts import HostAccount

CRONTABS = Path("/var/spool/cron/crontabs")
AT_JOBS = Path("/var/spool/cron/atjobs")
LINGER = Path("/var/lib/systemd/linger")


def read_scheduled_work(accounts: Mapping[str, HostAccount]) -> dict[str, tuple[str, ...]]:
    """By login: its crontab, its at jobs (by owner: their names say nothing), its linger mark."""
    login_of = {account.uid: login for login, account in accounts.items()}
    found: dict[str, list[str]] = {}
    for folder in (CRONTABS, LINGER):
        for path in _files_in(folder):
            found.setdefault(path.name, []).append(str(path))
    for path in _files_in(AT_JOBS):
        login = login_of.get(path.lstat().st_uid)
        if login is not None:
            found.setdefault(login, []).append(str(path))
    return {login: tuple(files) for login, files in found.items()}


def _files_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if not path.is_dir()) if folder.is_dir() else []


def remove_scheduled_work(login: str, files: Iterable[str]) -> None:
    """Move the files into the archive, which is root's alone: they may be the only copy of somebody's work."""
    kept = paths.ARCHIVE / f"{login}-scheduled-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}"
    kept.mkdir(mode=0o700, exist_ok=True)
    for file in files:
        shutil.move(file, kept / Path(file).name)
