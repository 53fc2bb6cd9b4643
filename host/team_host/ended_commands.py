"""Ending commands that people still run as an agent under a grant that is gone."""

import signal
from functools import partial

from team_host.change import Change
from team_host.document import AccessDocument
from team_host.ending import alive, end, end_until_quiet, tell, wait_until
from team_host.errors import Failed
from team_host.held_sessions import held_sessions
from team_host.host import Host
from team_host.names import AGENT_SUFFIX
from team_host.open_access import Allowed, Leftover, OpenCommand, leftovers, open_commands, undecided_commands
from team_host.processes import Process, read_processes
from team_host.tmux_servers import numbers_of_tmux_servers

# How long a `sudo` that has asked the rules may take to start its command.
DECISION_SECONDS = 1.0


def allowed_pairs(document: AccessDocument, host: Host) -> Allowed:
    """Who may have a command open as whom: grants in force now, and of those that only watch, old ones only.

    A rule that was `attach` when the last run ended and is `watch` now says nothing about terminals that
    are open: those could still type.
    """
    allowed = set()
    for label, grant in document.grants.items():
        before = host.record.grant(label)
        narrowed = grant.only_watches and (before is None or not before.only_watches)
        expired = grant.end != "" and host.now > grant.end
        if not narrowed and not expired:
            allowed.add((grant.user, grant.target))
    return frozenset(allowed)


def wait_for_decisions(_document: AccessDocument, host: Host) -> list[Change]:
    """Give every `sudo` that has just asked the rules a moment to show what it starts; see end_undecided."""
    undecided = undecided_commands(host.processes, managed_people(host))
    return [Change((), partial(_wait_for_decisions, undecided))] if undecided else []


def _wait_for_decisions(undecided: list[Process]) -> None:
    numbers = {process.pid for process in undecided}

    def decided() -> bool:
        return not alive(undecided) or numbers <= {process.parent for process in read_processes()}

    wait_until(decided, DECISION_SECONDS)


def end_undecided(_document: AccessDocument, host: Host) -> list[Change]:
    """A `sudo` older than the rules now in force that still has started nothing, such as one that is stopped.

    It may have been allowed by the rules before, and would act on that when it goes on.
    """
    stuck = [
        process
        for process in undecided_commands(host.processes, managed_people(host))
        if process.start_time < host.sudoers_changed
    ]
    if not stuck:
        return []
    sentences = tuple(f"ended: a sudo that had started nothing ({_short(process)})" for process in stuck)
    return [Change(sentences, partial(end, stuck))]


def end_commands(document: AccessDocument, host: Host) -> list[Change]:
    """Commands and leftovers of people under grants that are gone, all at the same time."""
    return end_all_but(allowed_pairs(document, host), document.server, host)


def end_all_but(allowed: Allowed, server: str, host: Host) -> list[Change]:
    """Commands and leftovers of people as agents as whom they may not act, all at the same time."""
    commands, left = _open_under(allowed, host, list(host.processes))
    suspects = _suspects(allowed, host)
    if not commands and not left and not suspects:
        return []
    sentences = [f"ended: {one.user}'s command as {one.target} ({_short(one.sudo)})" for one in commands]
    sentences += [f"ended: {one.user}'s leftover as {one.target} ({_short(one.process)})" for one in left]
    return [Change(tuple(sentences), partial(_end_commands, allowed, server, host, suspects))]


def _suspects(allowed: Allowed, host: Host) -> frozenset[int]:
    """The uids of people who may not act as every agent here, and in whose login sessions something runs."""
    agents = managed_agents(host).values()
    people = people_ever(host).items()
    return host.sessions & {uid for uid, login in people if any((login, agent) not in allowed for agent in agents)}


def _open_under(allowed: Allowed, host: Host, processes: list[Process]) -> tuple[list[OpenCommand], list[Leftover]]:
    """Among these processes: the commands that are open without being allowed, and what was left beside them."""
    people, agents = people_ever(host), managed_agents(host)
    commands = open_commands(processes, people, agents, allowed)
    below = {process.pid for command in commands for process in command.below}
    left = leftovers(processes, people, agents, allowed, numbers_of_tmux_servers(processes))
    return commands, [one for one in left if one.process.pid not in below]


def _end_commands(allowed: Allowed, server: str, host: Host, suspects: frozenset[int]) -> None:
    """All at once: a shell that ignores the signals must not hold up the others.

    The signal goes to `sudo`, which passes it on to its command; what is left below it afterwards goes too.
    SIGHUP comes first because an interactive shell ignores SIGTERM.
    """
    commands, left = _open_under(allowed, host, read_processes())
    sentences = {one.target: f"team-runtime: your access as {one.target} on {server} has ended." for one in commands}
    for command in commands:
        if command.is_whole_session:
            tell(command.terminals, sentences[command.target], leave_full_screen=command.fills_screen)
    end([one.sudo for one in commands], signal.SIGHUP, signal.SIGTERM)
    end([one for command in commands for one in command.below] + [one.process for one in left])
    for command in commands:
        if not command.is_whole_session:
            tell(command.terminals, sentences[command.target])
    _end_what_is_quicker(allowed, server, host, suspects)


def _end_what_is_quicker(allowed: Allowed, server: str, host: Host, suspects: frozenset[int]) -> None:
    """What was started while the rest was being ended, and what no look at moving processes finds.

    A program that forks and ends, over and over, has a number that no list of processes holds any more.
    """

    def open_now() -> list[Process]:
        commands, left = _open_under(allowed, host, read_processes())
        inside = [one for command in commands for one in (command.sudo, *command.below)]
        return alive(inside + [one.process for one in left])

    def look() -> list[Process]:
        with held_sessions(suspects):
            return open_now()

    def kill(_found: list[Process]) -> None:
        with held_sessions(suspects):
            end(open_now())

    if not end_until_quiet(look, kill):
        raise Failed(
            f"commands of people whose access has ended keep coming back on {server}. "
            "Restart the server, then run this again."
        )


def _short(process: Process) -> str:
    text = process.title or process.name
    return f"pid {process.pid}: {ascii(text if len(text) <= 60 else f'{text[:57]}...')[1:-1]}"


def managed_people(host: Host) -> dict[int, str]:
    """The people whose accounts the applier made, by uid."""
    return {uid: login for uid, login in _managed(host).items() if not login.endswith(AGENT_SUFFIX)}


def people_ever(host: Host) -> dict[int, str]:
    """Those, and who had an account here before: what they left running has outlived it."""
    former = {uid: login for uid, login in host.record.uids.items() if not login.endswith(AGENT_SUFFIX)}
    return former | managed_people(host)


def managed_agents(host: Host) -> dict[int, str]:
    """The agents whose accounts the applier made, by uid."""
    return {uid: login for uid, login in _managed(host).items() if login.endswith(AGENT_SUFFIX)}


def _managed(host: Host) -> dict[int, str]:
    return {account.uid: account.login for account in host.accounts.values() if host.manages(account)}
