"""Bounding sudo's recordings of what leads do as agents (sudoers(5), "I/O LOGGING")."""

import os
import shutil
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from team_host import paths
from team_host.change import Change
from team_host.host import Host

BYTES_KEPT = 1024**3
SECONDS_KEPT = 90 * 24 * 3600
# Every recording has this file (sudoers(5)).
MARK = "log"


@dataclass(frozen=True)
class Recording:
    """One command's folder; `changed` is when it last grew, in seconds since 1970."""

    folder: Path
    size: int
    changed: float


def too_many(recordings: Iterable[Recording], now: float) -> list[Recording]:
    """Those to delete: the old ones, and of the others the oldest until the rest is small enough."""
    kept = 0
    going = []
    for recording in sorted(recordings, key=lambda one: one.changed, reverse=True):
        kept += recording.size
        if kept > BYTES_KEPT or now - recording.changed > SECONDS_KEPT:
            going.append(recording)
    return going


def prune_io_logs(_server: str, _host: Host) -> list[Change]:
    """Delete recordings beyond the bounds. The age counts from the last change: one that still grows is young."""
    going = too_many(_recordings(), time.time())
    if not going:
        return []
    sentence = f"deleted: {len(going)} recordings of sudo, beyond {BYTES_KEPT} bytes or {SECONDS_KEPT // 86400} days"
    return [Change((sentence,), partial(_delete, going))]


def _recordings() -> list[Recording]:
    found = []
    for folder, _, files in os.walk(paths.IO_LOGS):
        if MARK in files:
            states = [(Path(folder) / name).lstat() for name in files]
            # What is used on the disk, in blocks of 512 bytes (stat(2)): most of these files are tiny.
            size = sum(512 * state.st_blocks for state in states)
            found.append(Recording(Path(folder), size, max(state.st_mtime for state in states)))
    return found


def _delete(going: Iterable[Recording]) -> None:
    for recording in going:
        shutil.rmtree(recording.folder, ignore_errors=True)
