"""The folder of one version of a tool: /opt/team-runtime/tools/claude/2.1.332."""

import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from team_host import paths
from team_host.files import FileState, make_folder, read_state, write_file
from team_host.tools_document import Tool

# Written last: a folder without it was left by a run that died.
DEFINITION = "definition.json"
PROC = Path("/proc")


def folder_of(tool: Tool) -> Path:
    """Where this version lies."""
    return paths.TOOLS / tool.name / tool.version


def is_complete(tool: Tool) -> bool:
    """Whether exactly what the document describes is installed."""
    state = read_state(folder_of(tool) / DEFINITION)
    return state is not None and state.content == tool.definition.encode()


def begin(tool: Tool) -> Path:
    """An empty folder to install into, in place: a Python environment cannot be moved."""
    folder = folder_of(tool)
    remove(folder)
    for part in (paths.TOOLS.parent.parent, paths.TOOLS.parent, paths.TOOLS, folder.parent, folder):
        make_folder(part)
    return folder


def finish(tool: Tool) -> None:
    """Say that the folder is complete."""
    write_file(folder_of(tool) / DEFINITION, FileState(tool.definition.encode(), 0o644, 0, 0))


def remove(folder: Path) -> None:
    """Remove a version, its definition first, so that half of it is never taken for the whole."""
    if not folder.exists():
        return
    (folder / DEFINITION).unlink(missing_ok=True)
    shutil.rmtree(folder)
    if folder.parent != paths.TOOLS and not any(folder.parent.iterdir()):
        folder.parent.rmdir()


def folders() -> list[Path]:
    """Every version that lies here, complete or not."""
    if not paths.TOOLS.is_dir():
        return []
    return sorted(version for tool in paths.TOOLS.iterdir() if tool.is_dir() for version in tool.iterdir())


def in_use(folder: Path) -> bool:
    """Whether a process runs a file of this folder, or was started with one as an argument."""
    prefix = f"{folder}/"
    return any(word.startswith(prefix) for word in _words_of_processes())


def _words_of_processes() -> Iterator[str]:
    for entry in PROC.iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            yield str((entry / "exe").readlink())
            yield from (entry / "cmdline").read_text(errors="replace").split("\0")
        except OSError:
            # It has ended, or is a kernel thread.
            continue


def program_file(tool: Tool, program: str) -> Path:
    """The file that a program of the tool is."""
    return folder_of(tool) / tool.programs[program]


def make_executable(tool: Tool) -> None:
    """A program of npm may be a plain file: npm marks it only where it links it."""
    for program in tool.programs:
        path = program_file(tool, program)
        path.chmod(stat.S_IMODE(path.stat().st_mode) | 0o555)
