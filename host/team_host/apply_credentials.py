"""The credentials applier: what agents get into git hosts by, as the document on standard input says."""

import json
import socket

from team_host.agent_credentials import credential_changes, public_half, sweep_changes
from team_host.change import Change
from team_host.credentials_document import Credentials, parse_credentials
from team_host.errors import Failed
from team_host.git_ssh import git_ssh_changes
from team_host.host import Host, observe
from team_host.lock import exclusive
from team_host.program import read_standard_input
from team_host.report import Report


def apply_credentials(report: Report, remove: bool) -> int:
    """Apply, and print the public halves; with `remove`, take everything away. Standard input: the document.

    Raises `Refused` before anything is changed, and `Failed` when a step could not be done.
    """
    server = socket.gethostname()
    wanted = [] if remove else parse_credentials(read_standard_input(), server)
    with exclusive("apply-credentials"):
        for change in credentials_changes(wanted, observe(), server):
            change.perform()
            for sentence in change.sentences:
                report.record(sentence)
        keys = {one.agent: {host: public_half(one.agent, host) for host in one.keys} for one in wanted}
    if not remove:
        report.answer(json.dumps(keys, sort_keys=True))
    return 0


def credentials_changes(wanted: list[Credentials], host: Host, server: str) -> list[Change]:
    """All that differs on this machine. Raises `Failed` for an agent that is not here."""
    changes = sweep_changes({one.agent for one in wanted})
    for one in wanted:
        account = host.accounts.get(one.agent)
        if account is None or not host.manages(account):
            raise Failed(f"{one.agent} is not here, or was not made by team-runtime. Apply the access document first.")
        changes += credential_changes(one, account.gid, server)
    return changes + git_ssh_changes(wanted)
