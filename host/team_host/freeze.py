"""Stopping an agent that does what it should not, with evidence of what it did.

The order is what matters. Screens are kept first, because only a running tmux can show them. Then everything
of the agent stops where it stands; what it had open is written down while it can neither go on nor clean up;
then it is killed. Nothing of that waits for the lock, which an update may hold for minutes. Closing sudo does.
"""

import signal
from pathlib import Path

from team_host import paths
from team_host.agent_unit import unit_name
from team_host.commands import run, succeeds
from team_host.ending import end, kill_all_of, processes_with, tell, wait_until
from team_host.errors import Failed, Refused
from team_host.evidence import keep_processes, keep_screens, make_evidence_folder
from team_host.files import write_file
from team_host.freeze_request import read_freeze_request
from team_host.frozen import mark_frozen
from team_host.host import Host, observe
from team_host.host_accounts import HostAccount
from team_host.lock import exclusive
from team_host.names import AGENT_SUFFIX
from team_host.open_access import OpenCommand, open_commands
from team_host.processes import read_processes
from team_host.report import Report
from team_host.scheduled_work import remove_scheduled_work
from team_host.sudoers_file import render_sudoers, rules_in
from team_host.sudoers_line import parse_sudoers_line

KILL_SECONDS = 3.0


def freeze(report: Report) -> int:
    """Freeze the agent named on standard input. Prints one line per change."""
    agent, host = read_freeze_request()
    evidence = make_evidence_folder(agent.login)
    keep_screens(evidence, agent)
    mark_frozen(agent.login)
    people = _people(host)
    commands = open_commands(read_processes(), people, {agent.uid: agent.login}, frozenset())
    kill_all_of(agent.uid, signal.SIGSTOP)
    count = len(processes_with(agent.uid))
    keep_processes(evidence, agent)
    _block_unit(agent.login)
    _kill(agent)
    report.change(f"frozen: {agent.login} ({count} processes stopped; evidence in {evidence})")
    _release(commands, agent.login)
    with exclusive("freeze"):
        _close(agent, observe(), report)
    _kill(agent)
    return 0


def _people(host: Host) -> dict[int, str]:
    managed = (account for account in host.accounts.values() if host.manages(account))
    return {account.uid: account.login for account in managed if not account.login.endswith(AGENT_SUFFIX)}


def _block_unit(login: str) -> None:
    """From now on systemd starts it neither again nor with the machine. Masked last: `disable` refuses then."""
    unit = unit_name(login)
    if not Path(f"/etc/systemd/system/{unit}").is_symlink():
        run("systemctl", "disable", "--quiet", unit)
        run("systemctl", "mask", "--quiet", unit)


def _kill(agent: HostAccount) -> None:
    """Everything of the agent, in people's sessions too."""

    def is_gone() -> bool:
        kill_all_of(agent.uid)
        return not processes_with(agent.uid)

    if not wait_until(is_gone, KILL_SECONDS):
        raise Failed(f"processes of {agent.login} keep coming back. Restart this server, then run this again.")
    # With every process gone this ends no more than the unit's wish to start again.
    run("systemctl", "stop", unit_name(agent.login))
    if succeeds("systemctl", "is-failed", "--quiet", unit_name(agent.login)):
        run("systemctl", "reset-failed", unit_name(agent.login))


def _release(commands: list[OpenCommand], login: str) -> None:
    """People's `sudo` stopped with its command, as a shell's job does, and nobody would wake it up."""
    for command in commands:
        tell(command.terminals, f"team-runtime: {login} has been frozen.", leave_full_screen=command.fills_screen)
    end([command.sudo for command in commands], signal.SIGCONT, signal.SIGHUP, signal.SIGTERM)


def _close(agent: HostAccount, host: Host, report: Report) -> None:
    """No sudo as the agent, no cron, no login: what the applier does to the account while the mark is there.

    Only takes away. Applying the record would do it too, and could give back what an update that failed half
    way has just taken.
    """
    rules = rules_in(host.sudoers)
    kept = [line for line in rules if not _allows(line, agent.login)]
    if kept != rules:
        write_file(paths.SUDOERS, render_sudoers(kept), _check)
        report.change(f"removed grants: {len(rules) - len(kept)} as {agent.login}")
    account = host.accounts[agent.login]
    if not (account.expired and account.locked and not account.groups):
        run("usermod", "--lock", "--expiredate", "1", "--groups", "", agent.login)
        report.change(f"closed account: {agent.login}")
    files = host.scheduled.get(agent.login, ())
    if files:
        remove_scheduled_work(agent.login, files)
        report.change(f"removed scheduled work of {agent.login}: {', '.join(files)} (kept in {paths.ARCHIVE})")


def _allows(rule: str, agent: str) -> bool:
    """Whether the rule is about the agent. One that is none of ours stays: only the applier may judge it."""
    try:
        return parse_sudoers_line(rule).target == agent
    except Refused:
        return False


def _check(temporary: Path) -> None:
    run("visudo", "-cf", str(temporary))
