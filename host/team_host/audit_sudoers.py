"""Everything that sudo reads and that is neither ours nor the distribution's own.

The applier owns one file. What counts is the whole policy, and sudo's own parser says what that is.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from team_host import paths
from team_host.commands import run
from team_host.errors import Failed
from team_host.files import read_state
from team_host.finding import Finding
from team_host.names import shown
from team_host.sudoers_meaning import convert_sudoers

MAIN = Path("/etc/sudoers")
OURS = (paths.SUDOERS, paths.SUDOERS.with_name("00-team-runtime"))
EVERYTHING = {"Host_List": [{"hostname": "ALL"}]}


def _everything_for(who: dict[str, str], option: dict[str, bool], groups: bool) -> dict[str, Any]:
    targets: dict[str, Any] = {"runasusers": [{"username": "ALL"}]}
    if groups:
        targets["runasgroups"] = [{"usergroup": "ALL"}]
    command = targets | {"Options": [option, {"setenv": True}] if option else [{"setenv": True}]}
    return {"User_List": [who], "Cmnd_Specs": [command | {"Commands": [{"command": "ALL"}]}]} | EVERYTHING


# The rules of /etc/sudoers on Debian 12 and Ubuntu, and the deploy user's, which cloud-init wrote. Who is in
# the groups is looked at by audit_accounts.py.
KNOWN_RULES = (
    _everything_for({"username": "root"}, {}, groups=True),
    _everything_for({"usergroup": "sudo"}, {}, groups=True),
    _everything_for({"usergroup": "admin"}, {}, groups=False),
    _everything_for({"username": paths.DEPLOY_LOGIN}, {"authenticate": False}, groups=False),
)
KNOWN_SETTINGS = frozenset({"env_reset", "mail_badpass", "secure_path", "use_pty"})


def audit_sudoers() -> list[Finding]:
    """Rules and settings of others, each with the file that it stands in."""
    try:
        run("visudo", "-cq")
        whole = json.loads(convert_sudoers(MAIN) or "{}")
    except Failed as failure:
        return [
            Finding("drift", "sudo", f"cannot read its rules: {failure}.", f"Run sudo visudo -c and repair {MAIN}.")
        ]
    ours = [json.loads(convert_sudoers(path) or "{}") for path in OURS if read_state(path) is not None]
    others = {path: json.loads(convert_sudoers(path) or "{}") for path in _other_files()}
    return findings_of_policy(whole, ours, others)


def _other_files() -> list[Path]:
    """As sudo chooses them: no dot in the name, no `~` at its end (sudoers(5), "Including other files")."""
    folder = paths.SUDOERS.parent
    names = sorted(path.name for path in folder.iterdir() if path.is_file())
    return [folder / name for name in names if "." not in name and not name.endswith("~") and folder / name not in OURS]


def findings_of_policy(
    whole: Mapping[str, Any], ours: Iterable[Mapping[str, Any]], others: Mapping[Path, Mapping[str, Any]]
) -> list[Finding]:
    """The findings for the whole policy, given what our files and the other included files say."""
    own = list(ours)
    found = []
    for rule in _beyond(whole, own, "User_Specs", KNOWN_RULES):
        where = _place_of(rule, others, "User_Specs")
        found.append(Finding("unmanaged", str(where), _said(rule), f"Look at it, then remove it from {where}."))
    for setting in _beyond(whole, own, "Defaults", ()):
        where = _place_of(setting, others, "Defaults")
        if where != MAIN or not _is_known_setting(setting):
            sentence = f"changes how sudo works: {shown(json.dumps(setting), 160)}."
            found.append(Finding("unmanaged", str(where), sentence, f"Look at it, then remove it from {where}."))
    return found


def _beyond(
    whole: Mapping[str, Any], ours: Iterable[Mapping[str, Any]], key: str, known: Iterable[Any]
) -> list[dict[str, Any]]:
    """Entries of the policy that are not accounted for. Counted, so that a copy of one of ours is found too."""
    expected = Counter(_text(entry) for policy in ours for entry in policy.get(key, []))
    always = {_text(entry) for entry in known}
    rest = []
    for entry in whole.get(key, []):
        text = _text(entry)
        if expected[text] > 0:
            expected[text] -= 1
        elif text not in always:
            rest.append(entry)
    return rest


def _place_of(entry: Mapping[str, Any], others: Mapping[Path, Mapping[str, Any]], key: str) -> Path:
    text = _text(entry)
    return next((path for path, policy in others.items() if text in map(_text, policy.get(key, []))), MAIN)


def _is_known_setting(setting: Mapping[str, Any]) -> bool:
    names = {name for option in setting.get("Options", []) for name in option}
    values = [value for option in setting.get("Options", []) for value in option.values()]
    return "Binding" not in setting and names <= KNOWN_SETTINGS and False not in values


def _said(rule: Mapping[str, Any]) -> str:
    """`lets eve run ALL as root without a password`."""
    commands = rule.get("Cmnd_Specs", [])
    what = _listed(item for one in commands for item in one.get("Commands", []))
    whom = _listed(item for one in commands for item in one.get("runasusers", [])) or "root"
    free = any({"authenticate": False} in one.get("Options", []) for one in commands)
    password = " without a password" if free else ""
    return f"lets {_listed(rule.get('User_List', []))} run {what} as {whom}{password}."


def _listed(items: Iterable[Mapping[str, Any]]) -> str:
    words = [f"{'not ' if item.get('negated') else ''}{value}" for item in items for value in _values(item)]
    return shown(", ".join(dict.fromkeys(words)), 120)[1:-1]


def _values(item: Mapping[str, Any]) -> list[str]:
    return [f"%{value}" if "group" in name else str(value) for name, value in item.items() if name != "negated"]


def _text(entry: Mapping[str, Any]) -> str:
    return json.dumps(entry, sort_keys=True)
