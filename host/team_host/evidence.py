"""What a frozen agent was doing: screens, processes, open files, network. For root alone; nothing is sent anywhere."""

import os
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path

from team_host import paths
from team_host.commands import run
from team_host.errors import Failed
from team_host.files import make_folder
from team_host.host_accounts import HostAccount
from team_host.processes import PROC, Process, read_processes

EVIDENCE = paths.STATE / "evidence"
SCREENS_SECONDS = 1.0
# A hostile tmux server may answer without end; 64 MiB hold a long scrollback of one pane.
LARGEST_SCREEN = 64 * 1024 * 1024


def make_evidence_folder(agent: str) -> Path:
    """`/var/lib/team-runtime/evidence/20261122T180000Z-wes-agent`, mode 0700."""
    make_folder(EVIDENCE, 0o700)
    folder = EVIDENCE / f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{agent}"
    make_folder(folder, 0o700)
    return folder


def keep_screens(folder: Path, agent: HostAccount) -> None:
    """The whole scrollback of every pane, each in a file, as far as tmux answers within a second in all."""
    give_up = time.monotonic() + SCREENS_SECONDS
    listing = folder / "panes.txt"
    _tmux(listing, agent, give_up, "list-panes", "-a", "-F", "#{pane_id} #{session_name} #{pane_current_command}")
    panes = [line.split()[0] for line in listing.read_text(errors="replace").splitlines() if line.startswith("%")]
    numbers = (pane.removeprefix("%") for pane in panes)
    for number in (number for number in numbers if number.isdecimal()):
        _tmux(folder / f"screen-{number}.txt", agent, give_up, "capture-pane", "-p", "-S", "-", "-t", f"%{number}")


def _tmux(output: Path, agent: HostAccount, give_up: float, *command: str) -> None:
    """Ask the agent's tmux server, as the agent: a tmux client does what its server says, so root must not be one."""
    socket = str(paths.AGENT_SOCKETS / f"tmux-{agent.uid}" / "default")
    words = ["prlimit", f"--fsize={LARGEST_SCREEN}", "--", "tmux", "-N", "-S", socket, *command]
    with open(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
        try:
            subprocess.run(
                words,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.DEVNULL,
                timeout=max(0.05, give_up - time.monotonic()),
                check=False,
                user=agent.uid,
                group=agent.gid,
                extra_groups=[],
            )
        except subprocess.TimeoutExpired:
            stream.write(b"\n(tmux did not answer in time)\n")


def keep_processes(folder: Path, agent: HostAccount) -> None:
    """Processes, their open files and control groups, and all connections of the machine. They have been stopped."""
    found = [process for process in read_processes() if agent.uid in process.uids]
    columns = "pid,ppid,pgid,sid,tty,stat,lstart,time,rss,args"
    _write(
        folder / "processes.txt", _printed("ps", "-ww", "-o", columns, "-p", ",".join(str(one.pid) for one in found))
    )
    _write(folder / "open-files.txt", "".join(f"{line}\n" for one in found for line in _open_files(one)))
    _write(folder / "cgroups.txt", "".join(f"{one.pid} {_read(one, 'cgroup')}\n" for one in found))
    _write(folder / "network.txt", _printed("ss", "-tunape") + _printed("ss", "-xap"))


def _open_files(process: Process) -> Iterable[str]:
    """`PID exe PATH`, `PID cwd PATH`, and `PID 3 PATH` for each descriptor."""
    base = PROC / str(process.pid)
    descriptors = base / "fd"
    try:
        names = sorted(descriptors.iterdir(), key=lambda path: int(path.name))
    except OSError:
        names = []
    for link in (base / "exe", base / "cwd", *names):
        try:
            yield f"{process.pid} {link.name} {ascii(str(link.readlink()))[1:-1]}"
        except OSError:
            continue


def _read(process: Process, name: str) -> str:
    try:
        return (PROC / str(process.pid) / name).read_text(errors="replace").strip().replace("\n", " ")
    except OSError:
        return "(gone)"


def _printed(*words: str) -> str:
    """What a program printed; its failure is evidence too, and no reason to stop."""
    try:
        return run(*words, time_limit=3)
    except Failed as failure:
        return f"({failure})\n"


def _write(path: Path, text: str) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as stream:
        stream.write(text)
