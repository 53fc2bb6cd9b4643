"""The workplace applier: limits, workspaces, git settings and repositories as the document on standard input says.

It has a lock of its own: a clone may take minutes, and a revocation must never wait for it.
"""

import os
import socket
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from team_host import paths
from team_host.agent_limits import limit_changes
from team_host.change import Change
from team_host.disk_limits import disk_changes
from team_host.errors import Failed, in_words
from team_host.git_identity import git_changes
from team_host.host import Host, observe
from team_host.host_accounts import HostAccount
from team_host.lock import exclusive
from team_host.outside import outside
from team_host.packages import install_packages
from team_host.program import read_standard_input
from team_host.report import Report
from team_host.workplace_document import Workplace, parse_workplaces
from team_host.workspace import clone_changes, workspace_changes

WAIT_SECONDS = 900.0
ACL = {"acl": Path("/usr/bin/setfacl")}
GIT = {"git": Path("/usr/bin/git")}

Find = Callable[[], list[Change]]


def apply_workplaces(report: Report, check_only: bool) -> int:
    """Apply, or with `check_only` print what applying would change. Standard input: the workplace document.

    Everything is tried, whatever becomes of the rest. Returns 0, or 1 when something failed or a check found
    differences. Raises `Refused` before anything is changed.
    """
    server = socket.gethostname()
    workplaces = parse_workplaces(read_standard_input(), server)
    if check_only:
        sentences = workplace_differences(workplaces)
        for sentence in sentences:
            report.difference(sentence)
        return 1 if sentences else 0
    with exclusive("apply-workplaces", WAIT_SECONDS, paths.WORKPLACES_LOCK):
        os.environ.update(outside())
        if workplaces:
            install_packages({**ACL, **GIT}, report)
        host = observe()
        failures = [failure for part in parts(workplaces, host) for failure in _make(part, report)]
        for failure in failures:
            report.notice(f"on {server}: {failure.rstrip('.')}.")
    return 1 if failures else 0


def workplace_differences(workplaces: Sequence[Workplace]) -> list[str]:
    """What applying would change, or why it could not."""
    found = []
    for part in parts(workplaces, observe()):
        try:
            found += [sentence for change in part() for sentence in change.sentences]
        except Failed as failure:
            found.append(str(failure))
    return found


def parts(workplaces: Sequence[Workplace], host: Host) -> list[Find]:
    """What is looked at one after the other, and apart: a failed clone keeps nothing else from being done."""
    own = [part for one in workplaces for part in _parts_of(one, host)]
    # The disk first: the clones fill it.
    return [partial(disk_changes, workplaces, host.accounts), *own]


def _parts_of(workplace: Workplace, host: Host) -> list[Find]:
    return [
        partial(limit_changes, workplace),
        partial(workspace_changes, workplace),
        lambda: git_changes(workplace, _agent(workplace, host)),
        lambda: clone_changes(workplace, _agent(workplace, host)),
    ]


def _agent(workplace: Workplace, host: Host) -> HostAccount:
    account = host.accounts.get(workplace.agent)
    if account is None or not host.manages(account):
        raise Failed(f"{workplace.agent} is not here, or was not made by team-runtime. Apply the access document first")
    return account


def _make(find: Find, report: Report) -> list[str]:
    """Find changes and make them, each for itself; the reasons of those that failed."""
    failures = []
    try:
        changes = find()
    except (Failed, OSError) as failure:
        return [in_words(failure)]
    for change in changes:
        try:
            change.perform()
        except (Failed, OSError) as failure:
            failures.append(in_words(failure))
            continue
        for sentence in change.sentences:
            report.change(sentence)
    return failures
