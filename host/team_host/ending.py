"""Ending processes: politely, then surely, and never a wrong one that got the same number since."""

import os
import signal
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from team_host.errors import Failed
from team_host.processes import Process, read_processes

TERMINALS = Path("/dev/pts")
POLITE_SECONDS = 1.0
SURE_SECONDS = 5.0


# Back to the ordinary screen, and, after the sentence, note the place: the program that fills the screen goes
# back to the noted place when it ends (xterm control sequences, DECSET 1049 and DECSC).
LEAVE_FULL_SCREEN, NOTE_PLACE = "\x1b[?1049l", "\x1b7"


def tell(terminals: Iterable[int], sentence: str, leave_full_screen: bool = False) -> None:
    """Write a sentence on terminals (/dev/pts/N); one that is gone or does not read is passed over."""
    text = f"\r\n{sentence}\r\n"
    if leave_full_screen:
        text = f"{LEAVE_FULL_SCREEN}{text}{NOTE_PLACE}"
    for number in sorted(set(terminals)):
        try:
            descriptor = os.open(TERMINALS / str(number), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            continue
        try:
            os.write(descriptor, text.encode())
        except OSError:
            pass
        finally:
            os.close(descriptor)


def end(processes: Iterable[Process], *signals: signal.Signals) -> None:
    """Send each process the signals in turn, over up to 1 s, until it is gone; then SIGKILL to what is left.

    Raises `Failed` when one survives even that (it hangs in the kernel).
    """
    wanted = list(processes)
    for what in signals:
        _send(wanted, what)
        if wait_until(lambda: not alive(wanted), POLITE_SECONDS / len(signals)):
            return
    _send(alive(wanted), signal.SIGKILL)
    if not wait_until(lambda: not alive(wanted), SURE_SECONDS):
        left = ", ".join(f"{process.pid} ({process.name})" for process in alive(wanted))
        raise Failed(f"these processes did not end after SIGKILL: {left}. Restart this server to be rid of them.")


def end_until_quiet(look: Callable[[], list[Process]], kill: Callable[[list[Process]], None]) -> bool:
    """Kill what a look finds, until two looks in a row find nothing; False when it keeps coming back."""
    quiet = 0
    for _ in range(50):
        found = look()
        quiet = 0 if found else quiet + 1
        if quiet == 2:
            return True
        if found:
            kill(found)
        wait_until(lambda: False, 0.1)
    return False


def _send(processes: Iterable[Process], what: signal.Signals) -> None:
    for process in processes:
        try:
            # A descriptor of the process, checked after opening, cannot come to mean another one.
            descriptor = os.pidfd_open(process.pid)
        except ProcessLookupError:
            continue
        try:
            if alive([process]):
                signal.pidfd_send_signal(descriptor, what)
        except ProcessLookupError:
            pass
        finally:
            os.close(descriptor)


def alive(processes: Iterable[Process]) -> list[Process]:
    """Those that still run: same number and same start; a zombie does not run."""
    return [process for process in processes if _start_of(process.pid) == process.start]


def _start_of(pid: int) -> int | None:
    try:
        fields = (Path("/proc") / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] in "ZX" else int(fields[19])


def wait_until(is_so: Callable[[], bool], seconds: float) -> bool:
    """Look every 50 ms until it is so; False when it is not so in time."""
    give_up = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > give_up:
            return False
        time.sleep(0.05)
    return True


def kill_all_of(uid: int, what: signal.Signals = signal.SIGKILL) -> None:
    """The signal to every process that this uid could signal, in one system call.

    One by one, a program that keeps forking would stay ahead. kill(2) with -1 by a process of that uid
    leaves it no moment in between.
    """
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setresgid(uid, uid, uid)
            os.setresuid(uid, uid, uid)
            os.kill(-1, what)
        finally:
            os._exit(0)
    os.waitpid(child, 0)


def processes_with(uid: int) -> list[Process]:
    """Every process that runs, or could run, under this uid."""
    found = [process for process in read_processes() if uid in process.uids]
    return alive(found)
