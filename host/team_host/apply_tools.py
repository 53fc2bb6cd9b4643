"""The tool installer: makes the tools on this machine exactly what the document on standard input says.

It has a lock of its own: a download may take minutes, and a revocation must never wait for it.
"""

import os
import platform
import socket
from collections.abc import Callable, Mapping
from functools import partial

from team_host import paths
from team_host.change import Change
from team_host.errors import Failed, in_words
from team_host.host import observe
from team_host.lock import exclusive
from team_host.outside import outside
from team_host.program import read_standard_input
from team_host.report import Report
from team_host.steps import Steps
from team_host.terminal_changes import close_changes, leftover_changes, off_changes, on_changes
from team_host.tool_changes import unwanted_changes, unwanted_folders, wanted_changes
from team_host.tool_programs import wanted_links
from team_host.tool_sources import NpmSource
from team_host.tools_document import Tool, ToolsDocument, parse_tools

# An installation that lost its connection goes on; whoever comes next waits for it.
WAIT_SECONDS = 900.0


def apply_tools(report: Report, check_only: bool) -> int:
    """Apply, or with `check_only` print what applying would change. Standard input: the tools document.

    Every tool is tried, whatever becomes of the others. Returns 0, or 1 when a tool failed or a check found
    differences. Raises `Refused` before anything is changed.
    """
    server = socket.gethostname()
    document = parse_tools(read_standard_input(), server, platform.machine())
    if check_only:
        sentences = tool_differences(document, report)
        for sentence in sentences:
            report.difference(sentence)
        return 1 if sentences else 0
    with exclusive("apply-tools", WAIT_SECONDS, paths.TOOLS_LOCK):
        os.environ.update(outside())
        return _apply(document, server, report)


def tool_differences(document: ToolsDocument, report: Report) -> list[str]:
    """What applying would change, or why a tool could not be installed."""
    tools = document.tools
    found = off_changes(document.terminal, observe())
    for tool in in_order(tools):
        try:
            found += wanted_changes(tool, report)
        except Failed as failure:
            found.append(Change((f"{tool.label} cannot be installed: {failure}",), lambda: None))
    try:
        found += on_changes(document.terminal)
    except Failed as failure:
        found.append(Change((f"{document.terminal} cannot be turned on: {failure}",), lambda: None))
    found += unwanted_changes(tools, ()) + leftover_changes()
    return [sentence for change in found for sentence in change.sentences]


def _apply(document: ToolsDocument, server: str, report: Report) -> int:
    steps = Steps()
    failed: set[str] = set()
    tools, terminal = document.tools, document.terminal
    closing = _make(lambda: off_changes(terminal, observe()), steps, report)
    if closing is not None:
        report.notice(f"what {server} was reached by before {terminal} was not turned off: {closing}")
    for tool in in_order(tools):
        problem = _make(partial(wanted_changes, tool, report), steps, report)
        if problem is not None:
            failed.add(tool.name)
            report.notice(_not_installed(tool, server, problem))
    opening = None if terminal in failed else _make(partial(on_changes, terminal), steps, report)
    if opening is not None:
        report.notice(f"{terminal} was not turned on on {server}, and its port is closed: {opening}")
        _make(close_changes, steps, report)
    problem = _make(partial(unwanted_changes, tools, failed), steps, report)
    # What a package leaves behind is known when it has gone.
    problem = problem or _make(leftover_changes, steps, report)
    if problem is not None:
        report.notice(f"what nobody wants any more was not removed on {server}: {problem}")
    for folder in unwanted_folders(tools, failed):
        report.notice(f"kept: {folder}, because it is in use. The next run removes it.")
    return 1 if failed or any(one is not None for one in (closing, opening, problem)) else 0


def in_order(tools: Mapping[str, Tool]) -> list[Tool]:
    """By name, and npm's last: the tool `node` installs them."""
    return sorted(tools.values(), key=lambda tool: (isinstance(tool.source, NpmSource), tool.name))


def _make(find: Callable[[], list[Change]], steps: Steps, report: Report) -> str | None:
    """Find changes and make them. Returns the reason when one fails; the rest of them is then left."""
    try:
        for change in find():
            change.perform()
            for sentence in change.sentences:
                report.change(sentence)
            steps.step()
    except (Failed, OSError) as failure:
        return in_words(failure)
    return None


def _not_installed(tool: Tool, server: str, problem: str) -> str:
    left = ", ".join(link.name for link in wanted_links(tool) if link.exists())
    rest = f" The version of {left} that was there before stays in use." if left else ""
    reason = problem.rstrip(".")
    return f"{tool.label} for {' and '.join(tool.people)} on {server} was not installed: {reason}.{rest}"
