"""The systemd units that run on every server, from the bootstrap on and after each boot."""

from team_host.commands import run, succeeds
from team_host.report import Report

# The last two are apt's own: they fetch the package lists and start unattended-upgrades.
STANDING_UNITS = (
    "team-runtime-firewall.service",
    "team-runtime-upkeep.timer",
    "apt-daily.timer",
    "apt-daily-upgrade.timer",
)


def start_standing_units(report: Report) -> None:
    """Enable and start what is not. A timer that runs takes up a new text by systemd's own reload."""
    for unit in STANDING_UNITS:
        if not all(succeeds("systemctl", question, "--quiet", unit) for question in ("is-enabled", "is-active")):
            run("systemctl", "enable", "--now", "--quiet", unit)
            report.change(f"started: {unit}")
