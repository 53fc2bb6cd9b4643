"""The keys in force: one root-owned file per login in /etc/ssh/authorized_keys.

The folder is team-runtime's whole: a file in it that is nobody's of the document is removed, except the
deploy user's, which cloud-init wrote.
"""

from collections.abc import Iterable
from functools import partial

from team_host import paths
from team_host.change import Change
from team_host.document import AccessDocument
from team_host.errors import Refused
from team_host.files import FileState, write_file
from team_host.host import Host
from team_host.key_line import parse_key_line
from team_host.names import shown


def render_keys(lines: Iterable[str]) -> FileState:
    """The whole file for these lines. sshd reads it as the person who logs in, so it is readable by all."""
    return FileState("".join(f"{line}\n" for line in lines).encode("ascii"), 0o644, 0, 0)


def withdraw_keys(document: AccessDocument, host: Host) -> list[Change]:
    """Files of nobody, lines that go, and lines whose key gets other options; nothing that is new."""
    changes = []
    for name, state in host.key_files.items():
        if name == paths.DEPLOY_LOGIN:
            continue
        wanted = document.keys.get(name, ())
        if state is None or not wanted:
            changes.append(Change((f"removed keys: {name}",), partial((paths.AUTHORIZED_KEYS / name).unlink)))
            continue
        current = state.content.decode("utf-8", errors="replace").splitlines()
        going = [line for line in current if line not in wanted]
        if going:
            known = {_identity(line, name) for line in current}
            kept = [line for line in wanted if _identity(line, name) in known]
            changed = {_identity(line, name) for line in kept}
            sentences = tuple(_said(identity, name, changed) for identity in (_identity(one, name) for one in going))
            changes.append(Change(sentences, partial(write_file, paths.AUTHORIZED_KEYS / name, render_keys(kept))))
    return changes


def _said(identity: str, login: str, changed: set[str]) -> str:
    return f"{'changed' if identity in changed else 'removed'} key: {login}: {identity}"


def give_keys(document: AccessDocument, host: Host) -> list[Change]:
    """The complete file of each login, where it is not there exactly so."""
    changes = []
    for login, lines in document.keys.items():
        wanted, state = render_keys(lines), host.key_files.get(login)
        if not lines or state == wanted:
            continue
        current = state.content.decode("utf-8", errors="replace").splitlines() if state else []
        known = {_identity(line, login) for line in current}
        new = [f"added key: {login}: {one}" for one in (_identity(line, login) for line in lines) if one not in known]
        # Lines that go were spoken of in withdraw_keys; this is for a file whose mode or owner changed.
        is_said = any(line not in lines for line in current)
        sentences = new or ([] if is_said else [f"restored: {paths.AUTHORIZED_KEYS / login}"])
        changes.append(Change(tuple(sentences), partial(write_file, paths.AUTHORIZED_KEYS / login, wanted)))
    return changes


def _identity(line: str, login: str) -> str:
    """The key and the comment without the options; the line itself when it is none of ours."""
    try:
        parsed = parse_key_line(line, login)
    except Refused:
        return shown(line, 120)
    return f"{parsed.key} {parsed.comment}"
