"""The tools document: which tools this machine shall have, and how exactly each is fetched.

Checked here without any help from the program that wrote it. Whatever gets past it can only fetch what has the
hash that it names, and writes only below the tools' folder and, under plain names, to /usr/local/bin.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from team_host.document_json import head_problems, mapping, parse_json
from team_host.errors import Refused
from team_host.names import shown
from team_host.tool_sources import COMMON, NpmSource, PipSource, Source, check_source
from team_host.tool_words import is_tool_name, is_version, name_list_problems, printable_list_problems

VERSION = 1
SSH = "ssh"
# What a team can choose beside it; terminal_changes.py knows how each is turned on.
TERMINALS = ("et", "mosh")


@dataclass(frozen=True)
class Tool:
    """One tool. `version` is empty where the Debian archive decides it.

    `source` is None when there is none for this machine's architecture. `people` are those who asked for it;
    `check` is a command that prints the version. `definition` is the canonical text of all that decides what
    is installed: the same text, the same files.
    """

    name: str
    version: str
    people: tuple[str, ...]
    check: tuple[str, ...]
    debian_packages: tuple[str, ...]
    source: Source | None
    definition: str

    @property
    def label(self) -> str:
        """`claude 2.1.332`, or `gh`."""
        return f"{self.name} {self.version}".rstrip()

    @property
    def programs(self) -> Mapping[str, str]:
        """Name on the PATH → file below the tool's folder."""
        return self.source.programs if isinstance(self.source, NpmSource | PipSource) else {}


@dataclass(frozen=True)
class ToolsDocument:
    """What this machine shall have: tools by name, sorted, and which of `ssh`, `mosh` and `et` people come by."""

    tools: Mapping[str, Tool]
    terminal: str


def parse_tools(data: bytes, hostname: str, architecture: str) -> ToolsDocument:
    """Read and check the input. Raises `Refused` with a sentence for every offending item."""
    return read_tools(parse_json(data), hostname, architecture)


def read_tools(raw: Mapping[str, Any], hostname: str, architecture: str) -> ToolsDocument:
    """The same from a document that is part of another one."""
    problems = head_problems(raw, {"terminal", "tools"}, VERSION, hostname)
    tools: dict[str, Tool] = {}
    for name, row in sorted(mapping(raw, "tools", problems).items()):
        found = _row_problems(name, row)
        source = None
        if not found:
            source, found = check_source(row, architecture)
        problems += [f"tools: {shown(name)}: {problem}" for problem in found]
        if not found:
            tools[name] = _tool(name, row, source)
    problems += _names_in_use_twice(tools)
    terminal = raw.get("terminal", SSH)
    if terminal != SSH and terminal not in TERMINALS:
        problems.append(f"terminal: {shown(terminal)} is not one of {', '.join((SSH, *TERMINALS))}")
    elif terminal != SSH and terminal not in raw.get("tools", {}):
        problems.append(f"terminal: {terminal} is chosen, and is not among the tools")
    if problems:
        raise Refused(problems)
    return ToolsDocument(tools, terminal)


def _row_problems(name: str, row: Any) -> list[str]:
    if not isinstance(row, dict):
        return [f"expected an object, got {shown(row)}"]
    problems = [f"the key {shown(key)} is missing" for key in sorted(COMMON - set(row))]
    if problems:
        return problems
    if not is_tool_name(name):
        problems.append("is not the name of a tool")
    if "version" in row and not is_version(row["version"]):
        problems.append(f"version {shown(row['version'])} is not a version")
    problems += name_list_problems("people", row["people"])
    problems += name_list_problems("debianPackages", row["debianPackages"], empty=True)
    problems += printable_list_problems("check", row["check"])
    return problems


def _tool(name: str, row: Mapping[str, Any], source: Source | None) -> Tool:
    definition = json.dumps(source.raw if source else {}, indent=2, sort_keys=True) + "\n"
    words = {key: tuple(row[key]) for key in ("people", "check", "debianPackages")}
    version = row.get("version", "")
    return Tool(name, version, words["people"], words["check"], words["debianPackages"], source, definition)


def _names_in_use_twice(tools: Mapping[str, Tool]) -> list[str]:
    owners: dict[str, str] = {}
    problems = []
    for tool in tools.values():
        for program in tool.programs:
            if program in owners:
                problems.append(f"tools: {tool.name} and {owners[program]} both bring a program {program}")
            owners[program] = tool.name
    return problems
