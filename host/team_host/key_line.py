"""The one form of authorized_keys line that the applier installs (sshd(8), AUTHORIZED_KEYS FILE FORMAT).

    restrict,pty,from="127.77.1.13",expiry-time="20261231235959Z" ssh-ed25519 AAAA... marcus@dev-marcus

    verify-required sk-ssh-ed25519@openssh.com AAAA... wes

Options are optional and only those: the first four for the hop key of a lead, `verify-required` alone for a person's
security key, which then signs only for a user whom it has verified (OpenSSH PROTOCOL.u2f). Anything else (`command=`,
`environment=`, `cert-authority`...) is refused. The comment is made by team-runtime: the login, or the login and the
server of a hop key.
"""

import ipaddress
import re
from dataclasses import dataclass

from team_host.errors import Refused
from team_host.names import is_server_name, shown
from team_host.public_key import problem_of_key
from team_host.sudoers_line import is_time

_LINE = re.compile(
    r"((?P<options>[a-z][^ ]*) )??(?P<type>[a-z0-9@.-]+) (?P<key>[A-Za-z0-9+/]+=*) (?P<comment>[a-z0-9@-]+)", re.ASCII
)
_OPTION = re.compile(r'(?P<name>restrict|pty|from|expiry-time)(="(?P<value>[0-9A-Za-z.:/,]+)")?', re.ASCII)
_VERIFY = "verify-required"
_HAS_VALUE = {"restrict": False, "pty": False, "from": True, "expiry-time": True}


@dataclass(frozen=True)
class KeyLine:
    """One accepted key: whose comment it carries, and the key itself (type and base64) without options."""

    comment: str
    key: str


def parse_key_line(line: str, login: str) -> KeyLine:
    """Read one line for `login`. Raises `Refused` with every problem of the line."""
    match = _LINE.fullmatch(line)
    if match is None:
        raise Refused([f"{shown(line)} is not a line of the form `[OPTIONS] TYPE BASE64 COMMENT`"])
    options = match["options"] or ""
    problems = [] if options == _VERIFY and match["type"].startswith("sk-") else _option_problems(options)
    key_problem = problem_of_key(match["type"], match["key"])
    if key_problem is not None:
        problems.append(f"the key {key_problem}")
    name, at, server = match["comment"].partition("@")
    if name != login or (at and not is_server_name(server)):
        problems.append(f"the comment {shown(match['comment'])} does not name {login}")
    if problems:
        raise Refused(problems)
    return KeyLine(match["comment"], f"{match['type']} {match['key']}")


def _option_problems(options: str) -> list[str]:
    if not options:
        return []
    problems = []
    seen: set[str] = set()
    # Commas separate options, and addresses within from="...": split only where the quotes are closed.
    for text in re.split(r',(?=(?:[^"]*"[^"]*")*[^"]*$)', options):
        match = _OPTION.fullmatch(text)
        if match is None or _HAS_VALUE[match["name"]] != (match["value"] is not None):
            problems.append(f"the option {shown(text)} is not allowed")
            continue
        if match["name"] in seen:
            problems.append(f"the option {match['name']} is there twice")
        seen.add(match["name"])
        if match["name"] == "from" and not all(_is_network(address) for address in match["value"].split(",")):
            problems.append(f"from={shown(match['value'])} is not a list of IP addresses or networks")
        if match["name"] == "expiry-time" and not is_time(match["value"]):
            problems.append(f"expiry-time={shown(match['value'])} is no instant (YYYYMMDDHHMMSSZ)")
    if "restrict" not in seen:
        problems.append("options without `restrict` leave forwarding to the server's settings")
    return problems


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text)
    except ValueError:
        return False
    return True
