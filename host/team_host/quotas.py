"""User quotas of /, as ext4 holds them: how much each account's files take, wherever they lie (quotactl(2)).

The journal keeps the count right through a power cut (ext4(5), usrjquota=). A unit turns them on again at each
start of the machine.
"""

import csv
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from team_host.commands import run, succeeds
from team_host.errors import Failed
from team_host.packages import install_from_archive

PACKAGE, PROGRAM = "quota", Path("/usr/sbin/setquota")
UNIT = "team-runtime-disk-quota.service"
MOUNT_OPTIONS = "remount,usrjquota=aquota.user,jqfmt=vfsv1"
# quotacheck(8) reads all inodes of the disk.
COUNT_SECONDS = 1800.0


@dataclass(frozen=True)
class Quota:
    """The most that an account may own, in KiB and in files; 0 is no limit (setquota(8))."""

    kibibytes: int
    files: int


NO_QUOTA = Quota(0, 0)


def is_installed() -> bool:
    """Whether the programs are here. They are a package that only a limit of the disk asks for."""
    return PROGRAM.exists()


def are_on() -> bool:
    """Whether the kernel counts and refuses. The status of `quotaon --print-state` does not say: 1 is on."""
    if not is_installed():
        return False
    words = ("quotaon", "--print-state", "--user", "/")
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    return done.stdout.rstrip().endswith(" is on")


def stay_on() -> bool:
    """Whether they are on after the next start of the machine."""
    return succeeds("systemctl", "is-enabled", "--quiet", UNIT)


def read_quotas() -> dict[int, Quota]:
    """The limits in force, by uid; none where quotas are off."""
    if not are_on():
        return {}
    return quotas_in(run("repquota", "--user", "--verbose", "--no-names", "--output=csv", "/"))


def quotas_in(report: str) -> dict[int, Quota]:
    """The limits by uid, from what repquota(8) writes with `--no-names --output=csv`."""
    rows = csv.DictReader(report.splitlines())
    return {int(row["User"][1:]): Quota(int(row["BlockHardLimit"]), int(row["FileHardLimit"])) for row in rows}


def install() -> None:
    """Install the programs where they are not."""
    if not is_installed():
        install_from_archive([PACKAGE])


def turn_on() -> None:
    """Count from now on. What is written while quotacheck counts may be missed, as the disk stays writable."""
    if not are_on():
        run("mount", "-o", MOUNT_OPTIONS, "/")
        count = ("quotacheck", "--create-files", "--user", "--no-remount", "--force", "--format=vfsv1", "/")
        run(*count, time_limit=COUNT_SECONDS)
        run("systemctl", "restart", UNIT)
    run("systemctl", "enable", "--quiet", UNIT)
    if not are_on():
        raise Failed("quotaon(8) reports no error, and yet the quotas are off")


def let_end() -> None:
    """Count no more from the next start on. Turning them off now would take along what somebody else limits."""
    run("systemctl", "disable", "--now", "--quiet", UNIT)


def set_quotas(quotas: Mapping[str, Quota]) -> None:
    """Put limits in force, by login. There are no soft ones: an agent reads no warnings."""
    for login, quota in quotas.items():
        run("setquota", "--user", login, "0", str(quota.kibibytes), "0", str(quota.files), "/")
