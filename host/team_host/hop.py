"""A lead's hop key: made on the lead's own server, and its private half never leaves it."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from team_host import paths
from team_host.commands import run
from team_host.document_json import exact_keys, parse_json
from team_host.errors import Refused
from team_host.files import FileState, delete, make_folder, read_state, write_file
from team_host.lock import exclusive
from team_host.names import UID_FIRST, UID_LAST, is_human_login, is_server_name, shown
from team_host.program import read_standard_input
from team_host.public_key import problem_of_key
from team_host.report import Report

KEY_NAME = "id_ed25519"


@dataclass(frozen=True)
class HopRequest:
    """Whose key it is: the lead's login and uid, and the lead's own server. The account may come later."""

    login: str
    server: str
    uid: int

    @property
    def folder(self) -> Path:
        """Where the private half is: the lead's own, mode 0700."""
        return paths.HOP_KEYS / self.login

    @property
    def public(self) -> Path:
        """Where the public half is: root's own, so that what reaches other servers is what was made here."""
        return paths.HOP_KEYS / f"{self.login}.pub"


def parse_hop_request(data: bytes) -> HopRequest:
    """Read and check the input. Raises `Refused` with every problem."""
    raw = parse_json(data)
    problems = exact_keys(raw, {"login", "server", "uid"}, "the input")
    if problems:
        raise Refused(problems)
    login, server, uid = raw["login"], raw["server"], raw["uid"]
    if not (isinstance(login, str) and is_human_login(login)):
        problems.append(f"login: {shown(login)} is not the login of a person")
    if not (isinstance(server, str) and is_server_name(server)):
        problems.append(f"server: {shown(server)} is not a server's name")
    if not (type(uid) is int and UID_FIRST <= uid <= UID_LAST):
        problems.append(f"uid: {shown(uid)} is not a number from {UID_FIRST} to {UID_LAST}")
    if problems:
        raise Refused(problems)
    return HopRequest(login, server, uid)


def print_hop_key(report: Report, remove: bool) -> int:
    """Print the public half, making the pair first if there is none; or remove both halves."""
    request = parse_hop_request(read_standard_input())
    with exclusive("hop"):
        if remove:
            _remove(request, report)
            return 0
        if not _is_complete(request):
            _make(request)
        report.answer(f"{_public_half(request)} {request.login}@{request.server}")
    return 0


def _is_complete(request: HopRequest) -> bool:
    """Whether both halves are there, with the modes that ssh wants. The lead may have deleted the private one."""
    try:
        folder, private = request.folder.lstat(), (request.folder / KEY_NAME).lstat()
    except FileNotFoundError:
        return False
    owned = {folder.st_uid, private.st_uid} == {request.uid}
    shape = stat.S_ISDIR(folder.st_mode) and stat.S_ISREG(private.st_mode) and private.st_size > 0
    closed = stat.S_IMODE(folder.st_mode) == 0o700 and stat.S_IMODE(private.st_mode) == 0o600
    return owned and shape and closed and _public_half(request) != ""


def _public_half(request: HopRequest) -> str:
    state = read_state(request.public)
    words = state.content.decode("ascii", errors="replace").split() if state else []
    return " ".join(words[:2]) if len(words) >= 2 and problem_of_key(words[0], words[1]) is None else ""


def _make(request: HopRequest) -> None:
    """The public half last: without it the pair counts as not made, and is made anew."""
    make_folder(paths.HOP_KEYS.parent)
    make_folder(paths.HOP_KEYS)
    request.public.unlink(missing_ok=True)
    if os.path.lexists(request.folder):
        delete(request.folder)
    make_folder(request.folder, 0o700)
    private = request.folder / KEY_NAME
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", f"{request.login}@{request.server}", "-f", str(private))
    public = private.with_suffix(".pub")
    content = public.read_bytes()
    for path in (public, private, request.folder):
        os.chown(path, request.uid, request.uid)
    write_file(request.public, FileState(content, 0o644, 0, 0))


def _remove(request: HopRequest, report: Report) -> None:
    there = [path for path in (request.public, request.folder) if os.path.lexists(path)]
    for path in there:
        delete(path)
    if there:
        report.change(f"removed hop key: {request.login}")
