"""Services of packages that come from a file: none starts because its package was installed.

A package's own scripts may start its service before anything is configured, in ways that a mask would make fail
and `policy-rc.d` would not see. A condition that does not hold is met by all of them: systemd starts nothing, and
says that all is well (systemd.unit(5), ConditionPathExists).
"""

import io
import subprocess
import tarfile
from pathlib import Path, PurePosixPath

from team_host import paths
from team_host.commands import run, succeeds
from team_host.errors import Failed
from team_host.files import FileState, make_folder, read_state, write_file

HOLD = "50-team-runtime-held.conf"
_DROP_IN = """\
# Managed by team-runtime. The unit starts only where that file is, which is made when it is configured.
[Unit]
ConditionPathExists={mark}
"""
# The firewall lets root through to the metadata service. What a service of root's forwards for people is not root's
# own (systemd.resource-control(5)).
_SERVICE = """
[Service]
IPAddressDeny=169.254.169.254/32 fe80::a9fe:a9fe/128
"""
UNIT_FOLDERS = (paths.SYSTEM_UNITS, Path("/lib/systemd/system"), Path("/usr/lib/systemd/system"))
_KINDS = (".service", ".socket", ".timer", ".path")


def files_in(package: Path) -> dict[str, bytes]:
    """The plain files of a package file (.deb), by absolute path."""
    done = subprocess.run(
        ["dpkg-deb", "--fsys-tarfile", str(package)], stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    if done.returncode != 0:
        said = " ".join(done.stderr.decode(errors="replace").split())
        raise Failed(f"it is not a package that dpkg-deb can read: {said}")
    found = {}
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        for member in archive:
            stream = archive.extractfile(member) if member.isfile() else None
            if stream is not None:
                found[f"/{member.name.removeprefix('./')}"] = stream.read()
    return found


def units_among(files: list[str]) -> list[str]:
    """The names of the systemd units among files of a package; a script of init.d becomes a unit too."""
    found = set()
    for file in map(PurePosixPath, files):
        if str(file.parent).endswith("/systemd/system") and file.suffix in _KINDS:
            found.add(file.name)
        if str(file.parent) == "/etc/init.d":
            found.add(f"{file.name}.service")
    return sorted(found)


def hold(units: list[str]) -> None:
    """Keep these units from starting, whoever asks for it."""
    for unit in units:
        folder = paths.SYSTEM_UNITS / f"{unit}.d"
        make_folder(folder)
        write_file(folder / HOLD, _held(unit))
    if units:
        run("systemctl", "daemon-reload")


def is_held(unit: str) -> bool:
    """Whether the unit starts by our leave alone."""
    return read_state(paths.SYSTEM_UNITS / f"{unit}.d" / HOLD) == _held(unit)


def _held(unit: str) -> FileState:
    text = _DROP_IN.format(mark=_mark(unit)) + (_SERVICE if unit.endswith(".service") else "")
    return FileState(text.encode(), 0o644, 0, 0)


def start(unit: str) -> None:
    """Let it start, now and with the machine. What runs of it is started anew."""
    make_folder(paths.STARTED_UNITS, 0o700)
    write_file(_mark(unit), FileState(b"", 0o600, 0, 0))
    run("systemctl", "enable", "--quiet", unit)
    run("systemctl", "restart", unit)


def stop(unit: str) -> None:
    """Stop it, with every process of it. It does not start again, by itself or by anybody."""
    _mark(unit).unlink(missing_ok=True)
    run("systemctl", "disable", "--now", "--quiet", unit)


def started() -> list[str]:
    """The units that may start."""
    return sorted(path.name for path in paths.STARTED_UNITS.iterdir()) if paths.STARTED_UNITS.is_dir() else []


def is_started(unit: str) -> bool:
    """Whether it may start, runs, and will run when the machine does."""
    questions = ("is-enabled", "is-active")
    return unit in started() and all(succeeds("systemctl", question, "--quiet", unit) for question in questions)


def orphaned_holds() -> list[Path]:
    """Our drop-ins of units that are not there any more: their package is gone."""
    held = sorted(paths.SYSTEM_UNITS.glob(f"*.d/{HOLD}"))
    return [file for file in held if not _is_there(file.parent.name.removesuffix(".d"))]


def _is_there(unit: str) -> bool:
    """Whether there is a file from which systemd would make the unit. A link to /dev/null is none."""
    script = Path("/etc/init.d") / unit.removesuffix(".service")
    return script.is_file() or any((folder / unit).is_file() for folder in UNIT_FOLDERS)


def release(hold_file: Path) -> None:
    """Remove such a drop-in."""
    hold_file.unlink(missing_ok=True)
    if not any(hold_file.parent.iterdir()):
        hold_file.parent.rmdir()
    run("systemctl", "daemon-reload")


def _mark(unit: str) -> Path:
    return paths.STARTED_UNITS / unit
