"""What sudo itself understands of the rules, from `cvtsudoers -f json`, against what the document means.

The applier's own grammar (sudoers_line.py) reads the rules one by one. This is the independent second
reading: sudo's parser over the whole file, compared grant by grant. Nothing missing, nothing extra.
"""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from team_host.commands import run
from team_host.errors import Refused
from team_host.names import shown
from team_host.sudoers_line import Grant


def convert_sudoers(path: Path) -> str:
    """Sudo's own reading of one file, as JSON (cvtsudoers(1)); `-c` keeps a local configuration out of it."""
    return run("cvtsudoers", "-c", "/dev/null", "-e", "-f", "json", str(path))


def grants_in(converted: str) -> set[Grant]:
    """The grants in the output of cvtsudoers.

    Raises `Refused` for everything that is no plain grant: Defaults, aliases, groups, negations, a host other
    than ALL, a group to run as, or options other than the two tags and an end.
    """
    # cvtsudoers prints nothing at all for a file without rules.
    policy = json.loads(converted or "{}")
    others = sorted(set(policy) - {"User_Specs"})
    if others:
        raise Refused([f"sudo reads something else than rules: {shown(name)}" for name in others])
    found: set[Grant] = set()
    for rule in policy.get("User_Specs", []):
        _only(rule, {"User_List", "Host_List", "Cmnd_Specs"})
        if rule["Host_List"] != [{"hostname": "ALL"}]:
            raise Refused([f"sudo reads a rule for {shown(rule['Host_List'])}"])
        for command in rule["Cmnd_Specs"]:
            found |= _grants_of(rule["User_List"], command)
    return found


def _grants_of(users: list[dict[str, Any]], command: dict[str, Any]) -> set[Grant]:
    _only(command, {"runasusers", "Options", "Commands"})
    options: dict[str, Any] = {}
    for option in command["Options"]:
        options.update(option)
    end = options.pop("notafter", "")
    if options != {"authenticate": False, "setenv": False}:
        raise Refused([f"sudo reads a rule with the options {shown(command['Options'], 200)}"])
    return {
        Grant(user, target, end, what)
        for user in _names(users, "username")
        for target in _names(command["runasusers"], "username")
        for what in _names(command["Commands"], "command")
    }


def _only(found: dict[str, Any], wanted: set[str]) -> None:
    if set(found) != wanted:
        raise Refused([f"sudo reads a rule made of {shown(sorted(found), 200)}"])


def _names(items: list[dict[str, Any]], kind: str) -> list[str]:
    for item in items:
        if set(item) != {kind} or not isinstance(item[kind], str):
            raise Refused([f"sudo reads {shown(item)} where a plain {kind} is expected"])
    return [item[kind] for item in items]


def check_meaning(path: Path, grants: Iterable[Grant], convert: Callable[[Path], str] = convert_sudoers) -> None:
    """Raise `Refused` unless sudo reads exactly `grants` in the file at `path`."""
    wanted, found = set(grants), grants_in(convert(path))
    extra = [f"sudo would also read `{grant.label}` ({grant.command})" for grant in sorted(found - wanted)]
    missing = [f"sudo would not read `{grant.label}` ({grant.command})" for grant in sorted(wanted - found)]
    if extra or missing:
        raise Refused(extra + missing)
