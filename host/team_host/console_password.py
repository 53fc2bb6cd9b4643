"""The break-glass password: root's, for the provider's console. Over SSH no password opens anything."""

import re

from team_host.commands import run
from team_host.errors import Refused
from team_host.host_accounts import SHADOW
from team_host.report import Report

# crypt(5), bcrypt: version, cost, 22 characters of salt and 31 of hash.
BCRYPT = re.compile(r"\$2[aby]\$\d{2}\$[./A-Za-z0-9]{53}", re.ASCII)


def check_hash(value: object) -> str:
    """The hash as text; raises `Refused` for anything else than bcrypt, without showing it."""
    if not isinstance(value, str) or not BCRYPT.fullmatch(value):
        raise Refused(["setting consolePasswordHash: not a bcrypt hash"])
    return value


def set_console_password(wanted: str, report: Report) -> None:
    """Give root this password hash."""
    current = [
        line.split(":")[1] for line in SHADOW.read_text(encoding="utf-8").splitlines() if line.startswith("root:")
    ]
    if current == [wanted]:
        return
    # On standard input: an argument could be read in the process list.
    run("chpasswd", "--encrypted", stdin=f"root:{wanted}\n")
    report.change("set: the password of root for the provider's console")
