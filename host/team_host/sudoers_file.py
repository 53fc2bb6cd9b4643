"""The grants in force: /etc/sudoers.d/50-team-runtime."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from team_host import paths
from team_host.change import Change
from team_host.commands import run
from team_host.document import AccessDocument
from team_host.errors import Refused
from team_host.files import FileState, write_file
from team_host.host import Host
from team_host.names import shown
from team_host.sudoers_line import parse_sudoers_line
from team_host.sudoers_meaning import check_meaning

HEADER = "# Managed by team-runtime: this server's access document. Edit the team file, not this file.\n"


def render_sudoers(lines: Iterable[str]) -> FileState:
    """The whole file for these rules, in this order."""
    text = HEADER + "".join(f"{line}\n" for line in lines)
    return FileState(text.encode("ascii"), 0o440, 0, 0)


def rules_in(state: FileState | None) -> list[str]:
    """The rules of the file as it is: every line that is neither empty nor a comment."""
    text = state.content.decode("utf-8", errors="replace") if state else ""
    # `#` begins a comment only when no digit follows: `#0` is the user root (sudoers(5)).
    return [line for line in text.splitlines() if line.strip() and not line.startswith("# ")]


def withdraw_grants(document: AccessDocument, host: Host) -> list[Change]:
    """Rules that go, and rules that are replaced by another for the same two accounts; nothing that is new."""
    current = rules_in(host.sudoers)
    going = [line for line in current if line not in document.sudoers.values()]
    if not going:
        return []
    in_force = {_label(line) for line in current}
    kept = render_sudoers(line for label, line in document.sudoers.items() if label in in_force)
    return [Change(tuple(_said(line, document) for line in going), partial(_write, document, kept))]


def give_grants(document: AccessDocument, host: Host) -> list[Change]:
    """The complete file, when it is not there exactly so."""
    wanted = render_sudoers(document.sudoers.values())
    if host.sudoers == wanted:
        return []
    current = rules_in(host.sudoers)
    in_force = {_label(line) for line in current}
    new = [f"added grant: {label}" for label in document.sudoers if label not in in_force]
    # Rules that go were spoken of in withdraw_grants; this is for a file whose mode, owner or comments changed.
    is_said = any(line not in document.sudoers.values() for line in current)
    sentences = new or ([] if is_said else [f"restored: {paths.SUDOERS}"])
    return [Change(tuple(sentences), partial(_write, document, wanted))]


def _label(line: str) -> str:
    try:
        return parse_sudoers_line(line).label
    except Refused:
        return ""


def _said(line: str, document: AccessDocument) -> str:
    label = _label(line)
    if not label:
        return f"removed from {paths.SUDOERS}: {shown(line, 120)}"
    return f"changed grant: {document.sudoers[label]}" if label in document.sudoers else f"removed grant: {label}"


def _write(document: AccessDocument, wanted: FileState) -> None:
    rules = rules_in(wanted)
    grants = [grant for label, grant in document.grants.items() if document.sudoers[label] in rules]

    def check(temporary: Path) -> None:
        run("visudo", "-cf", str(temporary))
        check_meaning(temporary, grants)

    write_file(paths.SUDOERS, wanted, check)
