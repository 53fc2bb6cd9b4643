"""The literal lines of an access document: authorized_keys lines and sudoers rules."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from team_host.document_accounts import Account
from team_host.errors import Refused
from team_host.key_line import parse_key_line
from team_host.names import is_printable, shown
from team_host.sudoers_line import Grant, parse_sudoers_line

KEYS_PER_LOGIN = 50
LABEL_LENGTH = 200

Parsed = TypeVar("Parsed")


def check_keys(raw: Mapping[str, Any], accounts: Mapping[str, Account]) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """The key lines by login, in the order of their labels, and a sentence for each thing that is wrong.

    One key for two people is refused: it could not be said who logged in. So is one key in two lines, of which sshd
    obeys the first.
    """
    keys: dict[str, tuple[str, ...]] = {}
    problems: list[str] = []
    holder: dict[str, str] = {}
    for login, lines in sorted(raw.items()):
        where = f"keys: {shown(login)}"
        account = accounts.get(login)
        if account is None or account.is_agent or not account.active:
            problems.append(f"{where}: not an active human account of this document")
            continue
        if not isinstance(lines, dict) or len(lines) > KEYS_PER_LOGIN:
            problems.append(f"{where}: expected an object of at most {KEYS_PER_LOGIN} lines")
            continue
        parsed, found = _parse_each(lines, partial(parse_key_line, login=login), where)
        problems += found
        for label, line in parsed.items():
            if line.key in holder:
                other = "another line" if holder[line.key] == login else holder[line.key]
                problems.append(f"{where}: {shown(label)}: {other} has the same key")
            holder.setdefault(line.key, login)
        keys[login] = tuple(lines[label] for label in parsed)
    return keys, problems


def check_grants(raw: Mapping[str, Any], accounts: Mapping[str, Account]) -> tuple[dict[str, Grant], list[str]]:
    """The sudoers rules by label, and a sentence for each thing that is wrong."""
    grants, problems = _parse_each(raw, parse_sudoers_line, "sudoers")
    for label, grant in grants.items():
        found = _grant_problems(grant, accounts)
        if grant.label != label:
            found.append(f"the rule is for `{grant.label}`")
        problems += [f"sudoers: {shown(label)}: {problem}" for problem in found]
    return grants, problems


def _parse_each(
    raw: Mapping[str, Any], parse: Callable[[str], Parsed], where: str
) -> tuple[dict[str, Parsed], list[str]]:
    parsed: dict[str, Parsed] = {}
    problems: list[str] = []
    for label, line in sorted(raw.items()):
        if len(label) > LABEL_LENGTH or not is_printable(label):
            problems.append(f"{where}: {shown(label)}: not a label of at most {LABEL_LENGTH} printable characters")
        elif not isinstance(line, str) or not is_printable(line):
            problems.append(f"{where}: {shown(label)}: not one line of printable ASCII: {shown(line)}")
        else:
            try:
                parsed[label] = parse(line)
            except Refused as refusal:
                problems += [f"{where}: {shown(label)}: {problem}" for problem in refusal.problems]
    return parsed, problems


def _grant_problems(grant: Grant, accounts: Mapping[str, Account]) -> list[str]:
    problems = []
    user, target = accounts.get(grant.user), accounts.get(grant.target)
    if user is None or not user.active:
        problems.append(f"{shown(grant.user)} is not an active account of this document")
    if target is None or not target.active or not target.is_agent:
        problems.append(f"{shown(grant.target)} is not an active agent account of this document")
    if user is not None and user.is_agent and grant != Grant(user.login, user.login, "", "ALL"):
        problems.append("an agent may only be granted itself, always, and without an end")
    return problems
