"""Closing accounts that may do nothing any more, and ending everything of theirs."""

from functools import partial

from team_host import paths
from team_host.account_rules import closed_accounts
from team_host.agent_unit import stop_unit
from team_host.change import Change
from team_host.commands import run, succeeds
from team_host.document import AccessDocument
from team_host.ending import alive, end, end_until_quiet, kill_all_of, processes_with, tell, wait_until
from team_host.errors import Failed
from team_host.host import Host
from team_host.host_accounts import HostAccount
from team_host.open_access import login_processes
from team_host.processes import Process, read_processes
from team_host.scheduled_work import remove_scheduled_work
from team_host.terminal_sessions import say_goodbye


def close_logins(document: AccessDocument, host: Host) -> list[Change]:
    """No new session: PAM refuses an expired account to sshd and to sudo, and sshd wants the group."""
    changes = []
    for account in closed_accounts(document, host):
        if not (account.expired and account.locked and not account.groups):
            close = partial(run, "usermod", "--lock", "--expiredate", "1", "--groups", "", account.login)
            changes.append(Change((f"closed account: {account.login}",), close))
    closed = {account.login for account in closed_accounts(document, host)}
    expected = closed | {paths.DEPLOY_LOGIN, *document.accounts}
    for group in paths.GROUPS:
        for member in sorted(host.groups[group].members - expected):
            leave = partial(run, "gpasswd", "--delete", member, group)
            changes.append(Change((f"removed from group {group}: {member}",), leave))
    return changes


def end_logins(document: AccessDocument, host: Host) -> list[Change]:
    """Everything of closed accounts: units, scheduled work, processes. People first, then their agents."""
    changes = []
    for login, unit in host.units.items():
        account = document.accounts.get(login)
        if (unit.enabled or unit.active) and (account is None or not account.active):
            changes.append(Change((f"stopped: the tmux server of {login}",), partial(stop_unit, login)))
    for closed in closed_accounts(document, host):
        files = host.scheduled.get(closed.login)
        if files:
            words = f"removed scheduled work of {closed.login}: {', '.join(files)} (kept in {paths.ARCHIVE})"
            changes.append(Change((words,), partial(remove_scheduled_work, closed.login, files)))
        open_ones = login_processes(host.processes, closed.login, closed.uid)
        if open_ones:
            words = f"ended: everything of {closed.login} ({len(open_ones)} processes)"
            changes.append(Change((words,), partial(end_login, closed, document.server)))
        else:
            # A program that forks and ends, over and over, is in no list of processes.
            changes.append(Change((), partial(kill_all_of, closed.uid)))
    return changes


def end_login(account: HostAccount, server: str) -> None:
    """Until two looks in a row find nothing: a login that was let in a moment ago may only now become visible."""
    terminals = [process.terminal for process in processes_with(account.uid) if process.terminal is not None]
    if terminals:
        tell(terminals, f"team-runtime: your login on {server} has been closed.")
        # sshd passes the sentence on before it goes.
        wait_until(lambda: False, 0.2)

    def look() -> list[Process]:
        return alive(login_processes(read_processes(), account.login, account.uid))

    def kill(found: list[Process]) -> None:
        kill_all_of(account.uid)
        end([process for process in found if process.name == "sshd"])

    say_goodbye(processes_with(account.uid))
    kill_all_of(account.uid)
    if not end_until_quiet(look, kill):
        raise Failed(
            f"processes of {account.login} keep coming back on {server}. Restart the server, then run this again."
        )
    manager = f"user@{account.uid}.service"
    if succeeds("systemctl", "is-failed", "--quiet", manager):
        run("systemctl", "reset-failed", manager)
