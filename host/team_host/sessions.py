"""The session manager of this server: uxon, configured for the agents that live here, or none."""

import re
import shutil
from typing import Any

from team_host import paths
from team_host.document_json import exact_keys, mapping, parse_json
from team_host.errors import Failed, Refused
from team_host.lock import exclusive
from team_host.names import is_agent_login, is_human_login, shown
from team_host.program import read_standard_input
from team_host.report import Report
from team_host.uxon_config import AGENTS_PART, render_agents_part, write_part

COMMAND = paths.PROGRAMS / "uxon"
GUARDED = paths.LIBRARY / "uxon"
_TOOL = re.compile(r"[a-z][a-z0-9-]{0,30}", re.ASCII)


def parse_sessions(data: bytes) -> tuple[dict[str, str], list[str]]:
    """Owner → agent, and the agents' tools, the default first. Raises `Refused` with every problem."""
    raw = parse_json(data)
    problems = exact_keys(raw, {"agentTools", "owners"}, "the input")
    owners = mapping(raw, "owners", problems)
    for owner, agent in owners.items():
        if not is_human_login(owner):
            problems.append(f"owners: {shown(owner)} is not the login of a person")
        elif not isinstance(agent, str) or not is_agent_login(agent):
            problems.append(f"owners: {shown(owner)}: {shown(agent)} is not the login of an agent")
    tools: Any = raw.get("agentTools", [])
    if not isinstance(tools, list) or not all(isinstance(tool, str) and _TOOL.fullmatch(tool) for tool in tools):
        problems.append(f"agentTools: {shown(tools)} is not a list of tools")
    if problems:
        raise Refused(problems)
    return dict(owners), list(tools)


def apply_sessions(report: Report, remove: bool) -> int:
    """Configure uxon and put it on everybody's PATH; with `remove`, leave nothing of it but what apply-tools owns."""
    owners, tools = parse_sessions(read_standard_input())
    with exclusive("apply-sessions"):
        if remove:
            _remove(report)
        else:
            write_part(AGENTS_PART, render_agents_part(owners, tools), report)
            _put_on_path(report)
    return 0


def _put_on_path(report: Report) -> None:
    if COMMAND.is_symlink() and COMMAND.readlink() == GUARDED:
        return
    if COMMAND.exists() or COMMAND.is_symlink():
        raise Failed(f"{COMMAND} is there and was not made by team-runtime. Remove it and run this again.")
    COMMAND.symlink_to(GUARDED)
    report.change(f"linked: {COMMAND}")


def _remove(report: Report) -> None:
    if COMMAND.is_symlink() and COMMAND.readlink() == GUARDED:
        COMMAND.unlink()
        report.change(f"removed: {COMMAND}")
    if paths.UXON.exists():
        shutil.rmtree(paths.UXON)
        report.change(f"removed: {paths.UXON}")
