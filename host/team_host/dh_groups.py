"""The Diffie-Hellman groups that sshd offers: Debian's, without the small ones."""

from pathlib import Path

from team_host.errors import Failed
from team_host.files import FileState, read_state, write_file
from team_host.report import Report

DEBIANS = Path("/etc/ssh/moduli")
# A file of its own, named by the sshd drop-in: Debian's is the package's to change.
OURS = Path("/etc/ssh/team-runtime-moduli")
# The first bit of such a prime is set, and moduli(5) counts the others.
LEAST_SIZE = 3071


def install_dh_groups(report: Report) -> None:
    """Write the groups of 3072 bits and more; a changed file counts from the next start of sshd on."""
    debians = read_state(DEBIANS)
    groups = large_groups(debians.content.decode()) if debians is not None else ""
    if not groups:
        raise Failed(
            f"{DEBIANS} has no Diffie-Hellman group of {LEAST_SIZE + 1} bits or more. "
            "Install openssh-server again (apt-get install --reinstall openssh-server) and run this again."
        )
    wanted = FileState(groups.encode(), 0o644, 0, 0)
    if read_state(OURS) != wanted:
        write_file(OURS, wanted)
        report.change(f"installed: {OURS}")


def large_groups(moduli: str) -> str:
    """The lines of moduli(5) whose fifth field says that the group is large enough."""
    rows = [line.split() for line in moduli.splitlines()]
    return "".join(
        f"{' '.join(row)}\n" for row in rows if len(row) == 7 and row[4].isdigit() and int(row[4]) >= LEAST_SIZE
    )
