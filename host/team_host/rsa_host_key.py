"""The RSA host key beside the ed25519 one, for clients that cannot do ed25519.

Nobody pins it: Pulumi, leads and developers know a server by its ed25519 key alone. So it may be made anew, and
sshd starts without it: the first boot, which comes before this, does.
"""

import shutil
from pathlib import Path

from team_host import paths
from team_host.commands import run
from team_host.errors import Failed
from team_host.files import FileState, make_folder, read_state, write_file
from team_host.report import Report

KEY = Path("/etc/ssh/ssh_host_rsa_key")
BITS = 4096
# Finding two primes is a matter of luck, and a new machine is busy.
TIME_LIMIT = 600.0


def make_rsa_host_key(report: Report) -> None:
    """A key of 4096 bits that was made here. Whatever else has its name (one of 3072 bits, say) goes."""
    public = _public_half(KEY)
    if public is None:
        # Forgets what was loaded: sshd reads its keys only when it starts.
        paths.SSHD_LOADED.unlink(missing_ok=True)
        public = _make()
        report.change(f"made: {KEY}, RSA of {BITS} bits")
    wanted = FileState(public.encode(), 0o644, 0, 0)
    shown = KEY.with_name(f"{KEY.name}.pub")
    if read_state(shown) != wanted:
        write_file(shown, wanted)


def _public_half(key: Path) -> str | None:
    """`ssh-rsa AAAA...`, if this is a readable private key of the wanted kind and size."""
    try:
        public = run("ssh-keygen", "-y", "-P", "", "-f", str(key))
        length, *_, kind = run("ssh-keygen", "-l", "-f", "-", stdin=public).split()
    except Failed:
        return None
    return public if (length, kind) == (str(BITS), "(RSA)") else None


def _make() -> str:
    make_folder(paths.RUN, 0o700)
    folder = paths.RUN / "new-host-key"
    shutil.rmtree(folder, ignore_errors=True)
    make_folder(folder, 0o700)
    try:
        made = folder / "key"
        words = ("ssh-keygen", "-q", "-t", "rsa", "-b", str(BITS), "-N", "", "-C", "", "-f", str(made))
        run(*words, time_limit=TIME_LIMIT)
        write_file(KEY, FileState(made.read_bytes(), 0o600, 0, 0))
        return run("ssh-keygen", "-y", "-P", "", "-f", str(KEY))
    finally:
        shutil.rmtree(folder)
