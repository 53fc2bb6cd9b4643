"""The shape of the document: strict JSON, exactly the known keys, sane sizes."""

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from team_host.errors import Refused
from team_host.names import shown

LARGEST = 2000


def parse_json(data: bytes) -> dict[str, Any]:
    """The document as a dictionary. Raises `Refused`: not UTF-8, not JSON, a key twice, NaN, not an object."""
    try:
        raw = json.loads(data.decode("utf-8"), object_pairs_hook=_without_duplicates, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Refused([f"the document is not JSON: {error}"]) from None
    if not isinstance(raw, dict):
        raise Refused([f"the document is not a JSON object: {shown(raw)}"])
    return raw


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            # Which of the two would count depends on the reader.
            raise Refused([f"the key {shown(name)} is in one object twice"])
        found[name] = value
    return found


def _no_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no JSON number")


def exact_keys(raw: Mapping[str, Any], wanted: set[str], where: str) -> list[str]:
    """One problem for each key of `raw` that is unknown, and for each of `wanted` that is missing."""
    unknown = [f"{where}: unknown key {shown(name)}" for name in sorted(set(raw) - wanted)]
    return unknown + [f"{where}: the key {shown(name)} is missing" for name in sorted(wanted - set(raw))]


def head_problems(raw: Mapping[str, Any], parts: set[str], version: int, hostname: str) -> list[str]:
    """What is wrong with a document as a whole: it has these parts, this version, and is for this machine."""
    problems = exact_keys(raw, parts | {"server", "version"}, "the document")
    given, server = raw.get("version", version), raw.get("server", hostname)
    if type(given) is not int or given != version:
        problems.append(f"version: {shown(given)} is not {version}, the only one that this server knows")
    if server != hostname:
        problems.append(f"server: the document is for {shown(server)}, but this is {hostname}")
    return problems


def mapping(raw: Mapping[str, Any], name: str, problems: list[str]) -> dict[str, Any]:
    """The object under `name`; an empty one, and a problem, when it is something else or too large."""
    value = raw.get(name, {})
    if not isinstance(value, dict):
        problems.append(f"{name}: expected an object, got {shown(value)}")
        return {}
    if len(value) > LARGEST:
        problems.append(f"{name}: {len(value)} entries are more than {LARGEST}")
        return {}
    return value
