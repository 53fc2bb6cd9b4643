"""The way back from an sshd drop-in under which nobody can log in, without anybody logging in.

The former drop-in is kept aside while a new one is not proven. systemd puts it back after 90 s, or at the
next boot, unless the bootstrap called that off after it had seen a login work. So neither a bootstrap that
died nor a restart of the machine leaves an unproven drop-in in force.
"""

from team_host import paths
from team_host.commands import run
from team_host.files import FileState, read_state, write_file

SERVICE, TIMER = "team-runtime-sshd-rollback.service", "team-runtime-sshd-rollback.timer"


def arm_rollback(former: FileState) -> None:
    """Keep this content, and have it put back in 90 s. Armed twice, the first content stays: it was proven."""
    if read_state(paths.SSHD_FORMER) is None:
        write_file(paths.SSHD_FORMER, FileState(former.content, 0o644, 0, 0))
    # The service too: it is what acts when the machine restarts before the time is over.
    run("systemctl", "enable", "--quiet", SERVICE)
    run("systemctl", "restart", TIMER)


def call_off_rollback() -> None:
    """The new drop-in is proven. The kept content goes first: without it the service does nothing."""
    paths.SSHD_FORMER.unlink(missing_ok=True)
    run("systemctl", "stop", TIMER)


def roll_back() -> bool:
    """Put the former drop-in back at once; False when none was kept."""
    if read_state(paths.SSHD_FORMER) is None:
        return False
    run("systemctl", "start", SERVICE)
    run("systemctl", "stop", TIMER)
    return True


def restart_sshd() -> None:
    """A restart, because a reload is over before the new settings count. Connections stay (KillMode=process).

    systemd counts starts and gives up after five in ten seconds; these are no crash, so the count begins anew.
    """
    run("systemctl", "reset-failed", "ssh.service")
    run("systemctl", "restart", "ssh.service")
