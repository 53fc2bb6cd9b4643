"""The workplace document: each person's workspace, and how much of the machine each agent may take."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from team_host.document_json import exact_keys, head_problems, mapping, parse_json
from team_host.errors import Refused
from team_host.names import AGENT_SUFFIX, is_human_login, shown

VERSION = 1
_BYTES = {"M": 1 << 20, "G": 1 << 30}
_AMOUNT = re.compile(r"[1-9][0-9]?%|[1-9][0-9]{0,5}[GM]", re.ASCII)
_FOLDER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,63}", re.ASCII)
# They stand in quotes in a file of git's settings.
_GIT_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ().-]{0,99}", re.ASCII)
_GIT_EMAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*@[A-Za-z0-9.-]+", re.ASCII)
# No user but ssh's, no query: git takes more, and some of that runs commands (git-clone(1), ext::).
_URL = re.compile(
    r"(https://[A-Za-z0-9.-]+(:[0-9]+)?|ssh://([a-z][a-z0-9-]*@)?[A-Za-z0-9.-]+(:[0-9]+)?"
    r"|[a-z][a-z0-9-]*@[A-Za-z0-9.-]+:|file://)(/?[A-Za-z0-9_~][A-Za-z0-9._~-]*)+",
    re.ASCII,
)


@dataclass(frozen=True)
class Limits:
    """Amounts as `8G`, `512M` or `75%`; `cpu` in percent of one processor; `tasks`: processes; None for no limit."""

    memory: str
    tasks: int
    cpu: int | None
    disk: str | None


@dataclass(frozen=True)
class Workplace:
    """`repositories`: folder → address. `git_name` and `git_email`: as whom the agent commits."""

    person: str
    agent: str
    git_name: str
    git_email: str
    limits: Limits
    repositories: Mapping[str, str]


def bytes_of(amount: str, whole: int) -> int:
    """An amount of `Limits` in bytes; a share is one of `whole`, rounded down."""
    size, unit = int(amount[:-1]), amount[-1]
    return whole * size // 100 if unit == "%" else size * _BYTES[unit]


def parse_workplaces(data: bytes, hostname: str) -> list[Workplace]:
    """The workplaces, sorted by person. Raises `Refused` with a sentence for every offending item."""
    return read_workplaces(parse_json(data), hostname)


def read_workplaces(raw: Mapping[str, Any], hostname: str) -> list[Workplace]:
    """The same from a document that is part of another one."""
    problems = head_problems(raw, {"workplaces"}, VERSION, hostname)
    found = []
    for person, row in sorted(mapping(raw, "workplaces", problems).items()):
        wrong = _row_problems(person, row)
        problems += [f"workplaces: {shown(person)}: {problem}" for problem in wrong]
        if not wrong:
            limits = Limits(**row["limits"])
            git, repositories = row["git"], dict(sorted(row["repositories"].items()))
            found.append(Workplace(person, row["agent"], git["name"], git["email"], limits, repositories))
    if problems:
        raise Refused(problems)
    return found


def _row_problems(person: str, row: Any) -> list[str]:
    if not isinstance(row, dict):
        return [f"expected an object, got {shown(row)}"]
    problems = exact_keys(row, {"agent", "git", "limits", "repositories"}, "the workplace")
    if problems:
        return problems
    if not is_human_login(person):
        problems.append("is not the login of a person")
    if row["agent"] != f"{person}{AGENT_SUFFIX}":
        problems.append(f"agent {shown(row['agent'])} is not the agent of this person")
    problems += _git_problems(row["git"]) + _limit_problems(row["limits"])
    repositories = row["repositories"]
    if not isinstance(repositories, dict):
        return [*problems, f"repositories: expected an object, got {shown(repositories)}"]
    for folder, url in repositories.items():
        if not _FOLDER.fullmatch(folder):
            problems.append(f"repositories: {shown(folder)} is not the name of a folder")
        if not isinstance(url, str) or not _URL.fullmatch(url):
            problems.append(f"repositories: {shown(url)} is not the address of a repository")
    return problems


def _git_problems(git: Any) -> list[str]:
    if not isinstance(git, dict):
        return [f"git: expected an object, got {shown(git)}"]
    problems = exact_keys(git, {"email", "name"}, "git")
    if problems:
        return problems
    if not isinstance(git["name"], str) or not _GIT_NAME.fullmatch(git["name"]):
        problems.append(f"git: name {shown(git['name'])} is not one that commits can have")
    if not isinstance(git["email"], str) or len(git["email"]) > 200 or not _GIT_EMAIL.fullmatch(git["email"]):
        problems.append(f"git: email {shown(git['email'])} is not a mail address")
    return problems


def _limit_problems(limits: Any) -> list[str]:
    if not isinstance(limits, dict):
        return [f"limits: expected an object, got {shown(limits)}"]
    problems = exact_keys(limits, {"cpu", "disk", "memory", "tasks"}, "limits")
    if problems:
        return problems
    memory, disk, tasks, cpu = limits["memory"], limits["disk"], limits["tasks"], limits["cpu"]
    if not isinstance(memory, str) or not _AMOUNT.fullmatch(memory):
        problems.append(f"limits: memory {shown(memory)} is not an amount such as 8G or 75%")
    if disk is not None and (not isinstance(disk, str) or not _AMOUNT.fullmatch(disk)):
        problems.append(f"limits: disk {shown(disk)} is not an amount such as 40G or 50%")
    if type(tasks) is not int or not 64 <= tasks <= 100_000:
        problems.append(f"limits: tasks {shown(tasks)} is not a number from 64 to 100000")
    if cpu is not None and (type(cpu) is not int or not 10 <= cpu <= 25_600):
        problems.append(f"limits: cpu {shown(cpu)} is not a number from 10 to 25600")
    return problems
