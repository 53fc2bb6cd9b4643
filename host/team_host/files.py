"""Writing files so that a reader meets the old text or the new one, and never a part."""

import errno
import os
import shutil
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from team_host.errors import Failed
from team_host.report import Report

# sudo skips names with a dot, sshd and systemd read only names with their own ending: in each folder that
# matters, a file with such a name is not read while it is there.
TEMPORARY_SUFFIX = ".team-runtime-new"


@dataclass(frozen=True)
class FileState:
    """A file as it is: its bytes, permission bits, and owner."""

    content: bytes
    mode: int
    uid: int
    gid: int


def read_state(path: Path) -> FileState | None:
    """The file as it is; `None` when there is none, and also for what is not a plain file (a link, a folder)."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno == errno.ELOOP:
            return None
        raise
    with open(descriptor, "rb") as stream:
        status = os.fstat(stream.fileno())
        if not stat.S_ISREG(status.st_mode):
            return None
        return FileState(stream.read(), stat.S_IMODE(status.st_mode), status.st_uid, status.st_gid)


def write_file(path: Path, wanted: FileState, check: Callable[[Path], None] | None = None) -> None:
    """Replace `path` as a whole: temporary file beside it, `check` on that, sync, rename.

    `check` raises to keep the old file. The temporary name is always the same, so that a run that was killed
    leaves at most one, which the next run uses up. Raises `Failed`; the old file is then unchanged.
    """
    temporary = path.with_name(f".{path.name}{TEMPORARY_SUFFIX}")
    try:
        temporary.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with open(os.open(temporary, flags, 0o600), "wb") as stream:
            stream.write(wanted.content)
            stream.flush()
            os.fchown(stream.fileno(), wanted.uid, wanted.gid)
            os.fchmod(stream.fileno(), wanted.mode)
            os.fsync(stream.fileno())
        if check is not None:
            check(temporary)
        temporary.rename(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise Failed(_why_not_written(path, error)) from error
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def put_text(path: Path, text: str | None, report: Report) -> None:
    """Make sure of a file of root's that everybody may read, with this ASCII text, or of no file; tells the change."""
    if text is None:
        if path.exists():
            path.unlink()
            report.change(f"removed: {path}")
        return
    wanted = FileState(text.encode("ascii"), 0o644, 0, 0)
    if read_state(path) != wanted:
        write_file(path, wanted)
        report.change(f"wrote: {path}")


def _why_not_written(path: Path, error: OSError) -> str:
    reason = (error.strerror or str(error)).lower()
    remedy = "Remove the cause and run it again."
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        remedy = f"Make room on {mount_of(path.parent)} and run it again."
    return f"cannot write {path}: {reason}. The file is unchanged. {remedy}"


def mount_of(path: Path) -> Path:
    """The mount point of the file system that holds `path`."""
    here = path
    while not os.path.ismount(here):
        here = here.parent
    return here


def make_folder(path: Path, mode: int = 0o755, uid: int = 0, gid: int = 0) -> bool:
    """Make sure of a folder with this mode and owner; True when something had to be changed."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        path.mkdir(mode=0o700)
        os.chown(path, uid, gid)
        path.chmod(mode)
        return True
    if not stat.S_ISDIR(status.st_mode):
        raise Failed(f"{path} is not a folder. Move it away and run it again.")
    if (stat.S_IMODE(status.st_mode), status.st_uid, status.st_gid) == (mode, uid, gid):
        return False
    os.chown(path, uid, gid)
    path.chmod(mode)
    return True


def delete(path: Path) -> None:
    """Remove a file, a link, or a folder with all that is in it."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
