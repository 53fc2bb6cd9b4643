"""The host software against what this version of the program installs, and its files in place below /etc."""

import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from team_host import paths
from team_host.files import FileState, read_state
from team_host.finding import Finding
from team_host.system_files import SYSTEM_FILES

FIX = "Install the host software again: pulumi up --replace the server's -boot command."


def audit_software(wanted: Mapping[str, str]) -> list[Finding]:
    """Files of the host software that differ, are missing, or are too many; then those put in place from it."""
    found = []
    for path, sha256 in sorted(wanted.items()):
        problem = _problem_of(Path(path), sha256)
        if problem is not None:
            found.append(Finding("drift", path, problem, FIX))
    extra = sorted(str(path) for path in _files_in(paths.LIBRARY) if str(path) not in wanted)
    found += [Finding("unmanaged", path, "is no file of the host software.", FIX) for path in extra]
    in_place = SYSTEM_FILES | {paths.SSHD_DROP_IN: 0o644}
    return found + [finding for path, mode in sorted(in_place.items()) for finding in _audit_installed(path, mode)]


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


def _audit_installed(path: Path, mode: int) -> list[Finding]:
    staged = read_state(paths.STAGED_ETC / path.relative_to("/etc"))
    current = read_state(path)
    if staged is None or current == FileState(staged.content, mode, 0, 0):
        return []
    if current is None:
        return [Finding("drift", str(path), "is missing, or is not a plain file.", FIX)]
    sentence = "has another content than the host software gives it."
    if current.content == staged.content:
        sentence = f"has mode {current.mode:04o} and owner {current.uid}:{current.gid}, not {mode:04o} and 0:0."
    return [Finding("drift", str(path), sentence, FIX)]
