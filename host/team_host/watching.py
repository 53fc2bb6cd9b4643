"""One session of an agent on a watcher's terminal: all of its screen, and none of the watcher's keys.

tmux's own read-only client lets the keys through that are bound to detach-client and switch-client (tmux(1)), and the
agent decides what is bound: `switch-client -r` would end the read-only mode, `detach-client -E` would run a program.
So nothing that the watcher types or sends reaches tmux at all: tmux has a terminal of its own, whose screen is copied
here. What remains to the watcher is to leave.
"""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import tty
from collections.abc import Mapping

_TERMINAL_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9+_-]*", re.ASCII)
_ESCAPE = b"\x1b"
_LEAVING = (b"q", b"\x03", b"\x02d")
CHUNK = 65536
LEAST_LINES, LEAST_COLUMNS = 24, 80


def tmux_words(session: str) -> list[str]:
    """The tmux client for one session.

    `=`: exactly this name. `-r`: read-only, and without a say in the size (tmux(1)). `-E`: the caller's DISPLAY and
    the like do not become the session's (tmux(1), "update-environment").
    """
    return ["/usr/bin/tmux", "-u", "-N", "attach-session", "-E", "-r", "-t", f"={session}"]


def tmux_environment(caller: Mapping[str, str]) -> dict[str, str]:
    """All that the tmux client gets: of the caller's environment nothing but the kind of terminal."""
    name = caller.get("TERM", "")
    # "unknown" is what sudo makes of a missing or a hostile one (sudoers(5), "env_check"), and tmux refuses it.
    is_plain = _TERMINAL_NAME.fullmatch(name) and name != "unknown"
    return {
        "HOME": "/nonexistent",
        "LC_ALL": "C.UTF-8",
        "PATH": "/usr/bin:/bin",
        "TERM": name if is_plain else "xterm",
        "TMUX_TMPDIR": "/run/agents",
    }


def wants_to_leave(typed: bytes) -> bool:
    """Whether the watcher typed q, Ctrl-C, or tmux's own Ctrl-b d. Answers of a terminal begin with Escape."""
    return not typed.startswith(_ESCAPE) and any(keys in typed for keys in _LEAVING)


def show_session(session: str) -> int:
    """Copy the session's screen until the watcher leaves (0) or it ends. Returns tmux's exit status otherwise."""
    child, screen = pty.fork()
    if child == 0:
        os.execve("/usr/bin/tmux", tmux_words(session), tmux_environment(os.environ))  # noqa: S606 - no shell is meant.
    _copy_size(screen)
    signal.signal(signal.SIGWINCH, lambda _number, _frame: _copy_size(screen))
    for number in (signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: os.kill(child, signal.SIGTERM))
    before = termios.tcgetattr(0)
    tty.setraw(0)
    try:
        left = _copy_screen(screen, child)
    finally:
        termios.tcsetattr(0, termios.TCSADRAIN, before)
    _, status = os.waitpid(child, 0)
    return 0 if left else os.waitstatus_to_exitcode(status)


def size_for_tmux(lines: int, columns: int) -> tuple[int, int]:
    """The watcher's size, but never so small that it would be a nuisance to the agent.

    While nobody else is attached, tmux gives the session the size of a read-only client as of any other.
    """
    return max(lines, LEAST_LINES), max(columns, LEAST_COLUMNS)


def _copy_size(screen: int) -> None:
    lines, columns, *_ = struct.unpack("4H", fcntl.ioctl(0, termios.TIOCGWINSZ, b"\0" * 8))
    fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("4H", *size_for_tmux(lines, columns), 0, 0))


def _copy_screen(screen: int, child: int) -> bool:
    """Whether the watcher left, and not tmux."""
    sources, left = [screen, 0], False
    while True:
        ready, _, _ = select.select(sources, [], [])
        if 0 in ready:
            typed = _read(0)
            if not typed:
                sources.remove(0)
            if not typed or wants_to_leave(typed):
                # tmux then puts the terminal in order and ends, and its last words are still copied.
                left = True
                os.kill(child, signal.SIGTERM)
        if screen in ready:
            shown = _read(screen)
            if not shown:
                return left
            _write_all(shown)


def _read(terminal: int) -> bytes:
    """What there is to read; nothing when the other end of the terminal is gone (EIO)."""
    try:
        return os.read(terminal, CHUNK)
    except OSError:
        return b""


def _write_all(shown: bytes) -> None:
    while shown:
        shown = shown[os.write(sys.stdout.fileno(), shown) :]
