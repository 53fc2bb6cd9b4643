"""What has to hold between two updates from outside. Run every few seconds by team-runtime-upkeep.timer."""

import socket
from collections.abc import Callable

from team_host.change import Change
from team_host.errors import Failed, in_words
from team_host.expired_access import end_expired_commands, end_expired_logins
from team_host.firewall import keep_firewall
from team_host.host import Host, observe
from team_host.io_logs import prune_io_logs
from team_host.report import Report

Duty = Callable[[str, Host], list[Change]]

DUTIES: tuple[Duty, ...] = (end_expired_commands, end_expired_logins, keep_firewall, prune_io_logs)


def upkeep(report: Report) -> int:
    """Do each duty; one that fails does not keep the others from being done.

    Takes no lock: an installation of packages may hold it for minutes, and an expired session must not last
    that long. Every duty here can be done twice at the same time, and beside the applier.
    """
    failures = []
    for duty in DUTIES:
        try:
            _do(duty, report)
        except (Failed, OSError) as failure:
            failures.append(in_words(failure))
    if failures:
        raise Failed(" ".join(failures))
    return 0


def _do(duty: Duty, report: Report) -> None:
    for change in duty(socket.gethostname(), observe()):
        change.perform()
        for sentence in change.sentences:
            report.change(sentence)
