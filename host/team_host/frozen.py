"""Agents that are frozen on this machine: a mark for each, which the applier respects.

Without the mark the next `pulumi up` would start the agent again, and nobody would have decided that.
"""

import dataclasses
import time
from collections.abc import Collection

from team_host import paths
from team_host.document import AccessDocument
from team_host.files import FileState, make_folder, read_state, write_file
from team_host.names import is_agent_login

FROZEN = paths.STATE / "frozen"


def frozen_agents() -> dict[str, str]:
    """Since when each frozen agent is frozen, by login, as `2026-11-22T18:00:00Z`."""
    names = sorted(path.name for path in FROZEN.iterdir()) if FROZEN.is_dir() else []
    marks = {name: read_state(FROZEN / name) for name in names if is_agent_login(name)}
    return {name: mark.content.decode(errors="replace").strip() for name, mark in marks.items() if mark is not None}


def mark_frozen(agent: str) -> None:
    """Mark the agent; the time of an earlier mark stays."""
    make_folder(FROZEN, 0o700)
    if agent not in frozen_agents():
        since = time.strftime("%Y-%m-%dT%H:%M:%SZ\n", time.gmtime())
        write_file(FROZEN / agent, FileState(since.encode(), 0o600, 0, 0))


def unmark_frozen(agent: str) -> None:
    """Take the mark away."""
    (FROZEN / agent).unlink(missing_ok=True)


def hold_frozen(document: AccessDocument, frozen: Collection[str]) -> AccessDocument:
    """The document as far as it may come true: a frozen agent's account is closed, and nobody may act as it."""
    accounts = {
        login: dataclasses.replace(account, active=account.active and login not in frozen)
        for login, account in document.accounts.items()
    }
    grants = {label: grant for label, grant in document.grants.items() if grant.target not in frozen}
    sudoers = {label: line for label, line in document.sudoers.items() if label in grants}
    return dataclasses.replace(document, accounts=accounts, grants=grants, sudoers=sudoers)


def said_of_frozen(document: AccessDocument, frozen: dict[str, str]) -> list[str]:
    """What a reader should know: `frozen: wes-agent since 2026-11-22T18:00:00Z stays stopped`."""
    return [
        f"frozen: {agent} since {since} stays stopped" for agent, since in frozen.items() if agent in document.accounts
    ]
