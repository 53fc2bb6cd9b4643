"""How much of the disk an agent's files may take: a quota of its user on the file system of /.

It counts by the owner of a file, so it holds in the home, the workspace and /tmp alike. Nothing is counted, and
no package installed, where no agent has such a limit.
"""

from collections.abc import Mapping, Sequence
from functools import partial

from team_host import paths
from team_host.change import Change
from team_host.errors import Failed
from team_host.host_accounts import HostAccount
from team_host.quotas import (
    NO_QUOTA,
    PACKAGE,
    Quota,
    are_on,
    install,
    is_installed,
    let_end,
    read_quotas,
    set_quotas,
    stay_on,
    turn_on,
)
from team_host.root_file_system import SUPPORTED, RootFileSystem, read_root_file_system
from team_host.workplace_document import Workplace, bytes_of

LOOK = "Look whether this kernel has quotas (modprobe quota_v2), then run this again"


def disk_changes(workplaces: Sequence[Workplace], accounts: Mapping[str, HostAccount]) -> list[Change]:
    """Limits of the disk that are not in force as the document wants them. Raises `Failed` where none can be."""
    limits = {one.agent: one.limits.disk for one in workplaces if one.agent in accounts}
    limited = {agent: limit for agent, limit in limits.items() if limit is not None}
    disk = read_root_file_system()
    _refuse_what_cannot_be_held(limited, disk)
    current = read_quotas()
    wanted = {agent: quota_of(limit, disk) for agent, limit in limits.items()}
    different = {agent: of for agent, of in wanted.items() if current.get(accounts[agent].uid, NO_QUOTA) != of}
    sentences = [f"set limits: {agent}: {limits[agent] or 'all'} of the disk" for agent in different]
    if limited:
        sentences = [*_what_turning_on_does(), *sentences]
        perform = partial(_hold, different)
    else:
        if stay_on():
            sentences.append("stopped: counting what each account takes of the disk, with the next start")
        perform = partial(_end, different)
    return [Change(tuple(sentences), perform)] if sentences else []


def quota_of(limit: str | None, disk: RootFileSystem) -> Quota:
    """A limit as an amount, and the same share of the files that there can be."""
    if limit is None:
        return NO_QUOTA
    kibibytes = bytes_of(limit, disk.kibibytes << 10) >> 10
    return Quota(kibibytes, disk.files * kibibytes // disk.kibibytes)


def _what_turning_on_does() -> list[str]:
    installed = [] if is_installed() else [f"installed package: {PACKAGE}"]
    return installed + ([] if are_on() and stay_on() else ["started: counting what each account takes of the disk"])


def _refuse_what_cannot_be_held(limited: Mapping[str, str], disk: RootFileSystem) -> None:
    if not limited:
        return
    cannot = f"the disk limit of {', '.join(limited)} cannot be held here"
    fix = "Take `disk` out of the limits in the team file"
    if disk.kind != SUPPORTED:
        raise Failed(f"{cannot}: / is {disk.kind}, and it needs {SUPPORTED}, which Hetzner's images have. {fix}")
    folders = [path for path in (paths.HOMES, paths.WORKSPACES) if path.exists()]
    apart = " and ".join(str(path) for path in folders if path.stat().st_dev != disk.device)
    if apart:
        raise Failed(f"{cannot}: it counts on the file system of / only, and {apart} is on another one. {fix}")
    for agent, limit in limited.items():
        if quota_of(limit, disk).kibibytes > disk.kibibytes:
            raise Failed(f"{agent} may take {limit} of a disk that has {disk.kibibytes >> 20}G. Write less")


def _hold(quotas: Mapping[str, Quota]) -> None:
    install()
    try:
        turn_on()
        set_quotas(quotas)
    except Failed as failure:
        said = str(failure).rstrip(".")
        raise Failed(f"the limits of the disk are not in force: {said}. {LOOK}") from failure


def _end(quotas: Mapping[str, Quota]) -> None:
    set_quotas(quotas)
    let_end()
