"""The Debian packages that the host software itself needs."""

import os
import subprocess
from pathlib import Path

from team_host.commands import run
from team_host.errors import Failed
from team_host.report import Report

# A program each package brings. A Hetzner image has them all, so normally apt is not run at all.
NEEDED = {
    "nftables": Path("/usr/sbin/nft"),
    "openssh-server": Path("/usr/sbin/sshd"),
    "passwd": Path("/usr/sbin/useradd"),
    "procps": Path("/usr/bin/ps"),
    "sudo": Path("/usr/bin/cvtsudoers"),
    "tmux": Path("/usr/bin/tmux"),
}
LOCK_WAIT = "DPkg::Lock::Timeout=300"


def install_missing_packages(report: Report) -> None:
    """Install what is missing; a dpkg that was interrupted earlier is finished first."""
    missing = sorted(package for package, program in NEEDED.items() if not program.exists())
    if not missing:
        return
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    # apt's own lock waiting does not cover a bare dpkg: unattended-upgrades may hold it after boot.
    _wait_for_dpkg()
    run("apt-get", "-o", LOCK_WAIT, "-qq", "update", time_limit=900)
    keep_changed_files = ("-o", "Dpkg::Options::=--force-confold", "-o", "Dpkg::Options::=--force-confdef")
    words = ("apt-get", "-o", LOCK_WAIT, *keep_changed_files, "-qq", "-y", "--no-install-recommends", "install")
    run(*words, *missing, time_limit=900)
    for package in missing:
        report.change(f"installed package: {package}")


def _wait_for_dpkg() -> None:
    for _ in range(60):
        done = subprocess.run(["dpkg", "--configure", "-a"], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return
        if "lock" not in done.stderr:
            raise Failed(f"`dpkg --configure -a` failed: {' '.join(done.stderr.split())}")
        subprocess.run(["sleep", "5"], check=False)
    raise Failed("another package program has held dpkg's lock for 5 minutes. Wait for it to end and run this again.")
