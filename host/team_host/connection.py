"""Where the SSH connection comes from that this program runs over."""

import os
from pathlib import Path

PROC = Path("/proc")
VARIABLE = b"SSH_CONNECTION="


def client_address() -> str | None:
    """The client's address; None without an SSH connection (a console, a unit).

    sudo does not hand SSH_CONNECTION over, so it is read where sshd put it: in the environment of the shell
    above sudo (ssh(1)).
    """
    pid = os.getppid()
    while pid > 1:
        try:
            variables = (PROC / str(pid) / "environ").read_bytes().split(b"\0")
            stat = (PROC / str(pid) / "stat").read_text(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            return None
        for variable in variables:
            if variable.startswith(VARIABLE):
                return variable.removeprefix(VARIABLE).split(b" ")[0].decode("ascii").partition("%")[0]
        pid = int(stat.rpartition(")")[2].split()[1])
    return None
