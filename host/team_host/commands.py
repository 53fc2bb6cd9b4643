"""Running the system's own programs (useradd, systemctl, visudo...)."""

import subprocess

from team_host.errors import Failed


def run(*words: str, stdin: str = "", time_limit: float = 120) -> str:
    """Run one program and return what it printed.

    No shell is involved. Raises `Failed` with the program's own words when it exits with another status
    than 0, or is not done after `time_limit` seconds.
    """
    try:
        done = subprocess.run(words, input=stdin, capture_output=True, text=True, timeout=time_limit, check=False)
    except FileNotFoundError:
        raise Failed(f"the program {words[0]} is not installed here") from None
    except subprocess.TimeoutExpired:
        raise Failed(f"`{' '.join(words)}` was not done after {time_limit:g} s") from None
    if done.returncode != 0:
        said = " ".join((done.stderr.strip() or done.stdout.strip() or "it said nothing").split())
        raise Failed(f"`{' '.join(words)}` ended with status {done.returncode}: {said}")
    return done.stdout


def succeeds(*words: str) -> bool:
    """Whether the program exits with status 0; for questions such as `systemctl is-active`."""
    return subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode == 0
