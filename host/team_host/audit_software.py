"""The host software against what this version of the program installs, and its files in place below /etc."""

import hashlib
import os
import socket
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from team_host import paths
from team_host.files import FileState, read_state
from team_host.finding import Finding
from team_host.system_files import SYSTEM_FILES

MOST_NAMES = 3


def audit_software(wanted: Mapping[str, str]) -> list[Finding]:
    """Files of the host software that differ, are missing, or are too many; then those put in place from it."""
    fix = f"Run pulumi up; if it has nothing to do, pulumi up --replace '**::{socket.gethostname()}-boot'."
    problems = [(path, _problem_of(Path(path), sha256)) for path, sha256 in sorted(wanted.items())]
    found = [Finding("drift", path, problem, fix) for path, problem in problems if problem is not None]
    if len(found) > MOST_NAMES:
        found = [_another_version([finding.item for finding in found], fix)]
    extra = sorted(str(path) for path in _files_in(paths.LIBRARY) if str(path) not in wanted)
    found += [Finding("unmanaged", path, "is no file of the host software.", fix) for path in extra]
    in_place = SYSTEM_FILES | {paths.SSHD_DROP_IN: 0o600}
    found += [Finding("drift", str(path), problem, fix) for path, problem in _problems_in_place(in_place)]
    return found


def _another_version(paths_: list[str], fix: str) -> Finding:
    """So many at once are no hand's work: the server has not been updated since the program was."""
    names = ", ".join(path.removeprefix(f"{paths.LIBRARY}/") for path in paths_[:MOST_NAMES])
    sentence = (
        f"has {len(paths_)} files that are not those of this version: {names} and {len(paths_) - MOST_NAMES} more."
    )
    return Finding("drift", "host software", sentence, fix)


def _problem_of(path: Path, sha256: str) -> str | None:
    state = read_state(path)
    if state is None:
        return "is missing, or is not a plain file."
    if hashlib.sha256(state.content).hexdigest() != sha256:
        return "differs from this version of the program."
    if state.uid != 0 or state.mode & 0o022:
        return f"can be changed by others than root (mode {state.mode:04o}, owner {state.uid})."
    return None


def _files_in(folder: Path) -> Iterator[Path]:
    for where, folders, files in os.walk(folder):
        links = [name for name in folders if stat.S_ISLNK((Path(where) / name).lstat().st_mode)]
        for name in (*files, *links):
            yield Path(where) / name


def _problems_in_place(files: Mapping[Path, int]) -> Iterator[tuple[Path, str]]:
    for path, mode in sorted(files.items()):
        staged, current = read_state(paths.STAGED_ETC / path.relative_to("/etc")), read_state(path)
        if staged is None or current == FileState(staged.content, mode, 0, 0):
            continue
        if current is None:
            yield path, "is missing, or is not a plain file."
        elif current.content == staged.content:
            yield path, f"has mode {current.mode:04o} and owner {current.uid}:{current.gid}, not {mode:04o} and 0:0."
        else:
            yield path, "has another content than the host software gives it."
