"""The files by which one agent gets into git hosts: /etc/team-runtime/credentials/AGENT.

All of it is root's, and the agent's own group may read it: the agent can use its credentials, and neither change nor
remove them, nor put others there. Nobody else is in that group.
"""

import json
import os
import shutil
import stat
from functools import partial
from pathlib import Path

from team_host import paths
from team_host.change import Change
from team_host.commands import run
from team_host.credentials_document import Credentials, Token
from team_host.errors import Failed
from team_host.files import FileState, delete, make_folder, read_state, write_file

KEY_SUFFIX = ".key"
PUBLIC_SUFFIX = ".key.pub"
TOKEN_SUFFIX = ".token"  # noqa: S105 - the end of a file's name.
FOLDER_MODE, FILE_MODE = 0o750, 0o640
UNFINISHED = ".team-runtime-new"


def folder_of(agent: str) -> Path:
    """Where an agent's credentials are."""
    return paths.CREDENTIALS / agent


def key_file(agent: str, host: str) -> Path:
    """The private half of an agent's key for a host."""
    return folder_of(agent) / f"{host}{KEY_SUFFIX}"


def public_half(agent: str, host: str) -> str:
    """`ssh-ed25519 AAAA... wes-agent@dev-wes 2026-11-01`, or nothing when there is none."""
    state = read_state(folder_of(agent) / f"{host}{PUBLIC_SUFFIX}")
    return state.content.decode("ascii", errors="replace").strip() if state is not None else ""


def credential_changes(wanted: Credentials, gid: int, server: str) -> list[Change]:
    """What is missing, old, too much or open to others; one sentence each, with nothing secret in it.

    A token without a secret (an audit's) is compared by all that stands around it.
    """
    folder = folder_of(wanted.agent)
    changes = _folder_changes(folder, gid) + _surplus(folder, _names(wanted))
    for host, key in wanted.keys.items():
        comment = f"{wanted.agent}@{server} {key.generation}"
        private, public = key_file(wanted.agent, host), folder / f"{host}{PUBLIC_SUFFIX}"
        if not _is_pair(private, public, comment):
            sentence = f"made key: {wanted.agent} for {host}, {key.generation}"
            changes.append(Change((sentence,), partial(_make_key, private, public, comment, gid)))
        else:
            changes += [change for path in (private, public) for change in _closed_changes(path, gid)]
    for host, token in wanted.tokens.items():
        changes += _token_changes(folder / f"{host}{TOKEN_SUFFIX}", token, gid)
    return changes


def sweep_changes(agents: set[str]) -> list[Change]:
    """The folders of agents that have no credential any more."""
    there = sorted(paths.CREDENTIALS.iterdir()) if paths.CREDENTIALS.is_dir() else []
    return [
        Change((f"removed credentials: {entry.name}",), partial(delete, entry))
        for entry in there
        if entry.name not in agents
    ]


def _names(wanted: Credentials) -> set[str]:
    keys = {f"{host}{suffix}" for host in wanted.keys for suffix in (KEY_SUFFIX, PUBLIC_SUFFIX)}
    return keys | {f"{host}{TOKEN_SUFFIX}" for host in wanted.tokens}


def _folder_changes(folder: Path, gid: int) -> list[Change]:
    make = partial(_make_folder, folder, gid)
    if not os.path.lexists(folder):
        return [Change((f"made folder: {folder}",), make)]
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode):
        raise Failed(f"{folder} is not a folder. Move it away and run it again.")
    if (stat.S_IMODE(status.st_mode), status.st_uid, status.st_gid) == (FOLDER_MODE, 0, gid):
        return []
    return [Change((f"set access: {folder}",), make)]


def _make_folder(folder: Path, gid: int) -> None:
    make_folder(paths.CREDENTIALS.parent)
    make_folder(paths.CREDENTIALS)
    make_folder(folder, FOLDER_MODE, 0, gid)


def _closed_changes(path: Path, gid: int) -> list[Change]:
    state = read_state(path)
    if state is None or (state.mode, state.uid, state.gid) == (FILE_MODE, 0, gid):
        return []
    wanted = FileState(state.content, FILE_MODE, 0, gid)
    return [Change((f"set access: {path}",), partial(write_file, path, wanted))]


def _is_pair(private: Path, public: Path, comment: str) -> bool:
    """Whether both halves are there, belong together, and are of this generation."""
    state, secret = read_state(public), read_state(private)
    if state is None or secret is None:
        return False
    words = state.content.decode("ascii", errors="replace").strip().split(" ", 2)
    if words[2:] != [comment]:
        return False
    try:
        # By name, ssh-keygen refuses a private half of root's that a group may read.
        halves = run("ssh-keygen", "-y", "-P", "", "-f", "/dev/stdin", stdin=secret.content.decode("ascii", "replace"))
        return halves.split()[:2] == words[:2]
    except Failed:
        return False


def _make_key(private: Path, public: Path, comment: str, gid: int) -> None:
    """In a folder of root's alone, then renamed over the former pair, which counts as not made meanwhile."""
    new = private.with_name(f".{private.name}{UNFINISHED}")
    if new.exists():
        shutil.rmtree(new)
    make_folder(new, 0o700)
    try:
        made = new / "key"
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", str(made))
        public.unlink(missing_ok=True)
        for source, target in ((made, private), (made.with_suffix(".pub"), public)):
            os.chown(source, 0, gid)
            source.chmod(FILE_MODE)
            source.rename(target)
    finally:
        shutil.rmtree(new)


def _token_changes(path: Path, token: Token, gid: int) -> list[Change]:
    state = read_state(path)
    known = _token_in(state)
    secret = known.get("token") if token.secret is None else token.secret
    wanted = {"generation": token.generation, "token": secret, "user": token.user}
    if secret is not None and known == wanted:
        return _closed_changes(path, gid)
    content = json.dumps(wanted, indent=2, sort_keys=True).encode("ascii") + b"\n"
    write = partial(write_file, path, FileState(content, FILE_MODE, 0, gid))
    return [Change((f"wrote token: {path}, {token.generation}",), write)]


def _token_in(state: FileState | None) -> dict[str, object]:
    try:
        found = json.loads(state.content) if state is not None else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _surplus(folder: Path, names: set[str]) -> list[Change]:
    there = sorted(folder.iterdir()) if folder.is_dir() else []
    return [Change((f"removed credential: {path}",), partial(delete, path)) for path in there if path.name not in names]
