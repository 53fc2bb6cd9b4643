"""Everything about this machine that the applier compares with the access document, read at one moment."""

import os
import stat
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from team_host import paths
from team_host.agent_unit import UnitState, read_units
from team_host.files import FileState, read_state
from team_host.held_sessions import populated_sessions
from team_host.host_accounts import HostAccount, HostGroup, read_accounts, read_groups
from team_host.proc_mount import hides_processes
from team_host.processes import Process, read_processes
from team_host.record import Record, read_record
from team_host.scheduled_work import read_scheduled_work
from team_host.shared_folders import find_setuid
from team_host.sudoers_line import TIME_FORMAT


@dataclass(frozen=True)
class FolderState:
    """A home as it is. `is_folder` is False for a link or a file in its place."""

    is_folder: bool
    mode: int
    uid: int
    gid: int


@dataclass(frozen=True)
class Host:
    """The machine as it is.

    * `sudoers_changed`: when the rules in force were put there, in seconds since 1970.
    * `key_files`: every name in the folder of authorized keys, with None for what is not a plain file.
    * `homes`: by the name below /home.
    * `units`: by the agent's login.
    * `scheduled`: by login, the files that would start something without a login.
    * `find_setuid`: looks for setuid files that others can reach, as (uid, path); asked only when needed, since it
      takes long where there are many files.
    * `sessions`: the uids in whose login sessions something runs.
    * `hides_processes`: whether accounts do not see each other's processes.
    * `now`: UTC as `YYYYMMDDHHMMSSZ`.
    """

    accounts: Mapping[str, HostAccount] = field(default_factory=dict)
    groups: Mapping[str, HostGroup] = field(default_factory=dict)
    sudoers: FileState | None = None
    sudoers_changed: float = 0.0
    key_files: Mapping[str, FileState | None] = field(default_factory=dict)
    homes: Mapping[str, FolderState] = field(default_factory=dict)
    units: Mapping[str, UnitState] = field(default_factory=dict)
    scheduled: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    processes: tuple[Process, ...] = ()
    sessions: frozenset[int] = frozenset()
    record: Record = field(default_factory=Record)
    hides_processes: bool = False
    find_setuid: Callable[[], list[tuple[int, str]]] = list
    now: str = "20260101000000Z"

    def manages(self, account: HostAccount) -> bool:
        """Whether the applier made this account: it carries the marker, or the record has its login and uid."""
        return account.is_manageable and (account.is_marked or self.record.made(account.login, account.uid))


def observe() -> Host:
    """Read the machine."""
    groups = read_groups()
    accounts = read_accounts(groups)
    return Host(
        accounts=accounts,
        groups=groups,
        sudoers=read_state(paths.SUDOERS),
        sudoers_changed=paths.SUDOERS.stat().st_mtime if paths.SUDOERS.exists() else 0.0,
        key_files={entry.name: read_state(entry) for entry in sorted(paths.AUTHORIZED_KEYS.iterdir())},
        homes={entry.name: _folder_state(entry) for entry in os.scandir(paths.HOMES)},
        units=read_units(),
        scheduled=read_scheduled_work(accounts),
        processes=tuple(read_processes()),
        sessions=populated_sessions(),
        record=read_record(),
        hides_processes=hides_processes(),
        find_setuid=find_setuid,
        now=time.strftime(TIME_FORMAT, time.gmtime()),
    )


def _folder_state(entry: os.DirEntry[str]) -> FolderState:
    status = entry.stat(follow_symlinks=False)
    return FolderState(stat.S_ISDIR(status.st_mode), stat.S_IMODE(status.st_mode), status.st_uid, status.st_gid)
