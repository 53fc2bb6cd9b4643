"""Seeing with one's own eyes that the deploy user can log in: a new connection, by key, through sshd and PAM.

Neither `sshd -t` nor `sshd -T` knows: `AllowGroups` with a wrong group and a missing revocation list pass both.
The key for it is made for this one login. Its line is good for this machine and one minute only, and is taken
away afterwards; a line that a killed run left behind opens nothing, and the next run takes it away.
"""

import shutil
import subprocess
import time

from team_host import paths
from team_host.commands import run
from team_host.errors import Failed
from team_host.files import FileState, make_folder, read_state, write_file
from team_host.report import Report
from team_host.sudoers_line import TIME_FORMAT

MARK = "team-runtime-login-check"
ADDRESS = "127.0.0.1"
VALID_SECONDS = 60
TRIES = 5


def prove_login() -> None:
    """Log in as the deploy user. Raises `Failed` with what ssh said when that does not work within about 5 s."""
    key_file = paths.AUTHORIZED_KEYS / paths.DEPLOY_LOGIN
    before = read_state(key_file)
    if before is None:
        raise Failed(f"{key_file} is missing: the deploy user has no key. Put it there and run this again.")
    make_folder(paths.RUN, 0o700)
    shutil.rmtree(paths.LOGIN_CHECK, ignore_errors=True)
    make_folder(paths.LOGIN_CHECK, 0o700)
    try:
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", MARK, "-f", str(paths.LOGIN_CHECK / "key"))
        line = key_line((paths.LOGIN_CHECK / "key.pub").read_text(), time.time())
        write_file(key_file, FileState(before.content.rstrip(b"\n") + b"\n" + line, 0o644, 0, 0))
        _log_in()
    finally:
        write_file(key_file, FileState(without_checks(before.content), 0o644, 0, 0))
        shutil.rmtree(paths.LOGIN_CHECK)


def key_line(public_key: str, now: float) -> bytes:
    """The authorized_keys(5) line: from this machine, for a minute, and for no forwarding of any kind."""
    end = time.strftime(TIME_FORMAT, time.gmtime(now + VALID_SECONDS))
    return f'restrict,from="{ADDRESS}",expiry-time="{end}" {public_key.strip()}\n'.encode()


def without_checks(content: bytes) -> bytes:
    """The key file without lines of this module."""
    return b"".join(line for line in content.splitlines(keepends=True) if not line.rstrip().endswith(MARK.encode()))


def forget_login_check(report: Report) -> None:
    """Take away what a killed run left behind."""
    shutil.rmtree(paths.LOGIN_CHECK, ignore_errors=True)
    key_file = paths.AUTHORIZED_KEYS / paths.DEPLOY_LOGIN
    state = read_state(key_file)
    if state is not None and without_checks(state.content) != state.content:
        write_file(key_file, FileState(without_checks(state.content), 0o644, 0, 0))
        report.change(f"removed from {key_file}: the expired key of an interrupted login check")


def _log_in() -> None:
    known_hosts = paths.LOGIN_CHECK / "known_hosts"
    known_hosts.write_text(f"{ADDRESS} {paths.HOST_KEY.read_text()}")
    options = {
        "IdentitiesOnly": "yes",
        "IdentityFile": str(paths.LOGIN_CHECK / "key"),
        "UserKnownHostsFile": str(known_hosts),
        "GlobalKnownHostsFile": "/dev/null",
        "StrictHostKeyChecking": "yes",
        "HostKeyAlgorithms": "ssh-ed25519",
        "BatchMode": "yes",
        "ConnectTimeout": "5",
    }
    words = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
    said = ""
    for _ in range(TRIES):
        done = subprocess.run(
            ["ssh", "-F", "none", *words, f"{paths.DEPLOY_LOGIN}@{ADDRESS}", "true"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == 0:
            return
        said = " ".join(done.stderr.split())
        time.sleep(1)
    raise Failed(f"under the new sshd settings the deploy user cannot log in ({said}).")
