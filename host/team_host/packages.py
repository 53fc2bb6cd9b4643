"""The Debian packages that the host software itself needs."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from team_host.commands import run
from team_host.errors import Failed
from team_host.report import Report

# A program each package brings. A Hetzner image has them all, so normally apt is not run at all.
# unattended-upgrades is what brings security updates (etc/apt/apt.conf.d/52team-runtime).
NEEDED = {
    "nftables": Path("/usr/sbin/nft"),
    "openssh-server": Path("/usr/sbin/sshd"),
    "passwd": Path("/usr/sbin/useradd"),
    "procps": Path("/usr/bin/ps"),
    "sudo": Path("/usr/bin/cvtsudoers"),
    "tmux": Path("/usr/bin/tmux"),
    "unattended-upgrades": Path("/usr/bin/unattended-upgrade"),
}
LOCK_WAIT = "DPkg::Lock::Timeout=300"
# Without this, `apt-get update` ends with 0 when no list could be fetched (apt-get(8), --error-on).
ERRORS_COUNT = "APT::Update::Error-Mode=any"
KEEP_CHANGED_FILES = ("-o", "Dpkg::Options::=--force-confold", "-o", "Dpkg::Options::=--force-confdef")


def install_missing_packages(report: Report) -> None:
    """Install what is missing; a dpkg that was interrupted earlier is finished first."""
    if _missing(NEEDED):
        install_packages(NEEDED, report)
    else:
        _finish_if_interrupted(report)


def install_packages(needed: Mapping[str, Path], report: Report) -> None:
    """Install those packages whose program is not there."""
    missing = _missing(needed)
    if not missing:
        return
    install_from_archive(missing)
    for package in missing:
        report.change(f"installed package: {package}")


def _missing(needed: Mapping[str, Path]) -> list[str]:
    return sorted(package for package, program in needed.items() if not program.exists())


def install_from_archive(packages: Sequence[str]) -> None:
    """Install packages by name, or by the absolute path of a package file, with all that they depend on."""
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    # apt's own lock waiting does not cover a bare dpkg: unattended-upgrades may hold it after boot.
    _wait_for_dpkg()
    try:
        run("apt-get", "-o", LOCK_WAIT, "-qq", "-o", ERRORS_COUNT, "update", time_limit=900)
        words = ("apt-get", "-o", LOCK_WAIT, *KEEP_CHANGED_FILES, "-qq", "-y", "--no-install-recommends", "install")
        run(*words, *packages, time_limit=900)
    except Failed as failure:
        raise Failed(
            f"these packages are missing here and could not be installed: {', '.join(packages)}. {failure}. "
            "Look whether this server reaches the package mirror that /etc/apt names, then run this again."
        ) from failure


def installed_version(package: str) -> str | None:
    """The version of a package that is installed; None when it is not (dpkg-query(1))."""
    words = ("dpkg-query", "--show", "--showformat=${db:Status-Status} ${Version}", package)
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    status, _, version = done.stdout.partition(" ")
    return version if done.returncode == 0 and status == "installed" else None


def _finish_if_interrupted(report: Report) -> None:
    """A package that is unpacked and not set up has its program in place already.

    Whatever comes of it keeps nobody from access: every program that is needed is there.
    """
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    if run("dpkg", "--audit") == "":
        return
    done = _configure()
    if done.returncode == 0:
        report.change("set up: packages that an interrupted installation had left half done")
    elif not _is_locked(done):
        report.notice(f"bootstrap: `dpkg --configure -a` failed, look at it here: {' '.join(done.stderr.split())}")


def _wait_for_dpkg() -> None:
    for _ in range(60):
        done = _configure()
        if done.returncode == 0:
            return
        if not _is_locked(done):
            raise Failed(f"`dpkg --configure -a` failed: {' '.join(done.stderr.split())}")
        subprocess.run(["sleep", "5"], check=False)
    raise Failed("another package program has held dpkg's lock for 5 minutes. Wait for it to end and run this again.")


def _configure() -> subprocess.CompletedProcess[str]:
    words = ["dpkg", "--force-confold", "--force-confdef", "--configure", "-a"]
    return subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)


def _is_locked(done: subprocess.CompletedProcess[str]) -> bool:
    return "lock" in done.stderr
