"""The access applier: makes this machine's access exactly what the document on standard input says."""

import json
import socket
from pathlib import Path

from team_host import paths
from team_host.account_rules import obstacles
from team_host.accounts import make_accounts, make_homes, remember_accounts, repair_accounts
from team_host.agent_units import start_units
from team_host.change import Change, Phase
from team_host.closed_logins import close_logins, end_logins
from team_host.document import AccessDocument, parse_document
from team_host.ended_commands import end_commands, end_undecided, wait_for_decisions
from team_host.errors import Failed, Refused, in_words
from team_host.files import make_folder
from team_host.frozen import frozen_agents, hold_frozen, said_of_frozen
from team_host.hidden_processes import hide_processes
from team_host.host import Host, observe
from team_host.key_files import give_keys, withdraw_keys
from team_host.lock import exclusive
from team_host.lost_keys import end_lost_connections, end_lost_terminals, wait_for_logins
from team_host.program import read_standard_input
from team_host.record import Record, write_record
from team_host.removal import accounts_kept, remove_accounts
from team_host.report import Report
from team_host.setuid_files import take_setuid
from team_host.steps import Steps
from team_host.sudoers_file import give_grants, render_sudoers, withdraw_grants
from team_host.sudoers_meaning import check_meaning

# Take away first, and go on with it when one part fails: a full disk must not keep a login open.
TAKING: tuple[Phase, ...] = (
    withdraw_grants,
    withdraw_keys,
    close_logins,
    wait_for_decisions,
    end_undecided,
    end_commands,
    wait_for_logins,
    end_lost_connections,
    end_lost_terminals,
    end_logins,
    take_setuid,
)
# Give afterwards, in the order in which one thing needs the other, and stop at the first failure. Grants
# come after the accounts that they name; deleting comes last of all.
GIVING: tuple[Phase, ...] = (
    remember_accounts,
    make_accounts,
    repair_accounts,
    make_homes,
    hide_processes,
    give_keys,
    start_units,
    give_grants,
    remove_accounts,
)
# What nothing after it needs: a tmux server that does not start is told at the end, and keeps nobody from a grant.
STANDING_ALONE: tuple[Phase, ...] = (hide_processes, start_units)


def apply_access(report: Report, check_only: bool) -> int:
    """Apply, or with `check_only` print what applying would change. Standard input: the access document.

    Returns 0, or 1 when a check found differences. Raises `Refused` before anything is changed, and `Failed`
    when a step could not be done; the next run then goes on from there.
    """
    data = read_standard_input()
    document = parse_document(data, socket.gethostname())
    with exclusive("apply-access"):
        document = hold_frozen(document, frozen_agents())
        _check_sudoers(document)
        host = observe()
        problems = obstacles(document, host)
        if problems:
            raise Refused(problems)
        if check_only:
            return _check(document, host, report)
        _apply(document, json.loads(data), report)
    return 0


def _check_sudoers(document: AccessDocument) -> None:
    """Let sudo read the rules before anything is changed (the second reading; see sudoers_meaning.py)."""
    make_folder(paths.RUN, 0o700)
    candidate = Path(paths.RUN / "sudoers-candidate")
    candidate.write_bytes(render_sudoers(document.sudoers.values()).content)
    try:
        check_meaning(candidate, document.grants.values())
    finally:
        candidate.unlink()


def _check(document: AccessDocument, host: Host, report: Report) -> int:
    sentences = said_of_frozen(document, frozen_agents()) + [
        sentence for phase in TAKING + GIVING for change in phase(document, host) for sentence in change.sentences
    ]
    for sentence in sentences:
        report.difference(sentence)
    for sentence in accounts_kept(document, host):
        report.notice(f"apply-access: {sentence}")
    return 1 if sentences else 0


def _apply(document: AccessDocument, raw: dict[str, object], report: Report) -> None:
    steps = Steps()
    _take(document, steps, report)
    host = _give(document, steps, report)
    for sentence in accounts_kept(document, host) + said_of_frozen(document, frozen_agents()):
        report.notice(f"apply-access: {sentence}")
    if host.record.document != raw:
        write_record(Record(host.record.uids, raw))
        steps.step()


def _take(document: AccessDocument, steps: Steps, report: Report) -> None:
    failures: list[str] = []
    host = observe()
    for phase in TAKING:
        changes = phase(document, host)
        for change in changes:
            try:
                _perform(change, steps, report)
            except (Failed, OSError) as failure:
                failures.append(in_words(failure))
        host = observe() if changes else host
    if failures:
        raise Failed(" ".join(failures))


def _give(document: AccessDocument, steps: Steps, report: Report) -> Host:
    """Returns the machine as it is afterwards."""
    failures: list[str] = []
    host = observe()
    for phase in GIVING:
        changes = phase(document, host)
        for change in changes:
            try:
                _perform(change, steps, report)
            except Failed as failure:
                if phase not in STANDING_ALONE:
                    raise
                failures.append(str(failure))
        host = observe() if changes else host
    if failures:
        raise Failed(" ".join(failures))
    return host


def _perform(change: Change, steps: Steps, report: Report) -> None:
    change.perform()
    for sentence in change.sentences:
        report.change(sentence)
    steps.step()
