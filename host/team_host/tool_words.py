"""The forms of names, versions and hashes in a tools document."""

import re
from typing import Any

from team_host.names import is_printable, shown

_TOOL = re.compile(r"[a-z][a-z0-9-]{0,31}", re.ASCII)
_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+~-]{0,63}", re.ASCII)
# Debian policy 5.6.1 for packages; logins fit in it too.
_NAME = re.compile(r"[a-z0-9][a-z0-9+.-]{0,63}", re.ASCII)
_PROGRAM = re.compile(r"[a-z][a-z0-9._-]{0,31}", re.ASCII)
_STEP = re.compile(r"[A-Za-z0-9_@+-][A-Za-z0-9_@+.-]*", re.ASCII)
_NPM = re.compile(r"(?P<name>(@[a-z0-9-]+/)?[a-z0-9][a-z0-9._-]*)@(?P<version>[0-9][0-9A-Za-z.+-]*)", re.ASCII)
_PIP = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?==[0-9][0-9a-z.+!]*", re.ASCII)
_INTEGRITY = re.compile(r"sha512-[A-Za-z0-9+/]{86}==", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_URL = re.compile(r"https://[A-Za-z0-9.-]+(:[0-9]+)?/[A-Za-z0-9._~/+%-]*", re.ASCII)


def is_tool_name(text: str) -> bool:
    """Whether this may be the name of a tool, and so of a folder."""
    return _TOOL.fullmatch(text) is not None


def is_version(value: object) -> bool:
    """Whether this may be a version, and so the name of a folder."""
    return isinstance(value, str) and _VERSION.fullmatch(value) is not None


def is_sha256(value: object) -> bool:
    """Whether this is a SHA-256 in hexadecimal."""
    return isinstance(value, str) and _SHA256.fullmatch(value) is not None


def is_integrity(value: object) -> bool:
    """Whether this is a SHA-512 as npm's registry writes it."""
    return isinstance(value, str) and _INTEGRITY.fullmatch(value) is not None


def is_url(value: object) -> bool:
    """Whether this is an https URL without a user, a query and a fragment."""
    return isinstance(value, str) and _URL.fullmatch(value) is not None


def is_debian_name(value: object) -> bool:
    """Whether this may be the name of a Debian package."""
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


def is_pip_package(value: str) -> bool:
    """Whether this is `NAME==VERSION`."""
    return _PIP.fullmatch(value) is not None


def npm_package(value: str) -> tuple[str, str] | None:
    """The name and the version of `NAME@VERSION`; None for anything else."""
    match = _NPM.fullmatch(value)
    return (match["name"], match["version"]) if match else None


def program_problems(programs: Any) -> list[str]:
    """What is wrong with a map from names on the PATH to files below the tool's folder."""
    if not isinstance(programs, dict) or not programs:
        return ["programs: expected an object with at least one program"]
    problems = []
    for name, file in programs.items():
        if not _PROGRAM.fullmatch(name):
            problems.append(f"programs: {shown(name)} is not the name of a program")
        steps = file.split("/") if isinstance(file, str) else []
        if not steps or not all(_STEP.fullmatch(step) for step in steps):
            problems.append(f"programs: {shown(file)} is not a plain path below the tool's folder")
    return problems


def name_list_problems(key: str, value: Any, empty: bool = False) -> list[str]:
    """What is wrong with a list of names."""
    if not isinstance(value, list) or not (value or empty) or not all(is_debian_name(item) for item in value):
        return [f"{key}: expected a list of names, got {shown(value)}"]
    return []


def printable_list_problems(key: str, value: Any) -> list[str]:
    """What is wrong with a list of words."""
    if isinstance(value, list) and value and all(isinstance(item, str) and is_printable(item) for item in value):
        return [] if _PROGRAM.fullmatch(value[0]) else [f"{key}: {shown(value[0])} is not the name of a program"]
    return [f"{key}: expected a list of words, got {shown(value)}"]
