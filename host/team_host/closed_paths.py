"""Files and folders of Debian's that are open wider than anybody here needs."""

import stat
from pathlib import Path

from team_host import paths
from team_host.commands import run
from team_host.report import Report

# How sshd is set, and what cron runs as root: for nobody else to read.
CLOSED = {
    paths.SSHD_CONFIG: 0o600,
    Path("/etc/crontab"): 0o600,
    Path("/etc/cron.d"): 0o700,
    Path("/etc/cron.hourly"): 0o700,
    Path("/etc/cron.daily"): 0o700,
    Path("/etc/cron.weekly"): 0o700,
    Path("/etc/cron.monthly"): 0o700,
    Path("/etc/cron.yearly"): 0o700,
}
# Signs for the machine in logins by host, which sshd refuses (HostbasedAuthentication). It need not be setuid root.
KEY_SIGNER = Path("/usr/lib/openssh/ssh-keysign")


def close_paths(report: Report) -> None:
    """Give each of them that exists its mode, and take root's power from the key signer."""
    for path, mode in CLOSED.items():
        if path.exists() and stat.S_IMODE(path.stat().st_mode) != mode:
            path.chmod(mode)
            report.change(f"closed to all but root: {path}")
    if KEY_SIGNER.exists() and KEY_SIGNER.stat().st_mode & stat.S_ISUID:
        # Noted with dpkg, which would make it setuid again with the next update of openssh-client.
        words = ("dpkg-statoverride", "--force-statoverride-add", "--update", "--add", "root", "root", "0755")
        run(*words, str(KEY_SIGNER))
        report.change(f"no longer setuid: {KEY_SIGNER}")
