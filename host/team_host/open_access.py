"""What is still open under access that is gone: which processes must end. Pure functions on a process list.

Deleting a sudoers rule or a key ends nothing that runs. Three things are told apart, and nothing else is
touched, above all not the agent's own tmux server and no process of a person whose access stays:

* commands: a person's `sudo` with something below it that runs as an agent, and all that is below it;
* leftovers: an agent's process that a person started in their own login session and left behind;
* logins: every process of an account that is closed, and sshd's own for it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from team_host.processes import Process, descendants

# Of two accounts, by login: may the first still act as the second?
Allowed = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class OpenCommand:
    """`sudo` is the person's own process; `below` all that it started and that must not outlive it.

    `is_whole_session`: sshd started it directly (`ssh -t dev-wes sudo ...`), so its terminal goes with it,
    and a farewell has to come before.
    """

    user: str
    target: str
    sudo: Process
    below: tuple[Process, ...]
    is_whole_session: bool

    @property
    def terminals(self) -> frozenset[int]:
        """The person's terminal; none for a command without one."""
        return frozenset() if self.sudo.terminal is None else frozenset({self.sudo.terminal})

    @property
    def fills_screen(self) -> bool:
        """Whether the terminal shows a tmux session, and not a shell's lines."""
        return any(process.name == "tmux: client" for process in self.below)


def open_commands(
    processes: Iterable[Process], people: Mapping[int, str], agents: Mapping[int, str], allowed: Allowed
) -> list[OpenCommand]:
    """Commands that a person runs as an agent and may not run any more.

    Recognised by its uids, not by its name, which a link to sudo would change: a program that is root's by
    setuid, still has the person's real uid, and has a descendant with the agent's. Real uid, because the
    login uid of the audit subsystem is not there in every container and blames whoever started the tmux
    server.
    """
    listed = list(processes)
    sshd = {process.pid for process in listed if process.name == "sshd"}
    found: list[OpenCommand] = []
    for process in listed:
        if process.real_uid not in people or process.effective_uid != 0:
            continue
        below = descendants(process, listed)
        user = people[process.real_uid]
        targets = sorted({agents[uid] for one in below for uid in one.uids if uid in agents})
        gone = [target for target in targets if (user, target) not in allowed]
        if gone:
            found.append(OpenCommand(user, gone[0], process, tuple(below), process.parent in sshd))
    inner = {process.pid for command in found for process in command.below}
    return [command for command in found if command.sudo.pid not in inner]


def undecided_commands(processes: Iterable[Process], people: Mapping[int, str]) -> list[Process]:
    """A person's `sudo` that has started nothing yet.

    It may have asked the rules before they changed and be about to start its command.
    """
    listed = list(processes)
    return [
        process
        for process in listed
        if process.real_uid in people and process.effective_uid == 0 and process.program.endswith("/sudo")
        if not descendants(process, listed)
    ]


@dataclass(frozen=True)
class Leftover:
    """An agent's process in the login session of a person who may not act as that agent."""

    user: str
    target: str
    process: Process


def leftovers(
    processes: Iterable[Process],
    people: Mapping[int, str],
    agents: Mapping[int, str],
    allowed: Allowed,
    tmux_servers: Collection[int],
) -> list[Leftover]:
    """Agents' processes in the sessions of people who may not act as them.

    `tmux_servers`: the numbers of the agents' own tmux servers. Such a one is spared with all that it runs, also
    when it is in a person's session because that person was the first to need it.
    """
    listed = list(processes)
    spared = with_all_below(tmux_servers, listed)
    found = []
    for process in listed:
        target = agents.get(process.effective_uid)
        if target is None or process.pid in spared:
            continue
        for uid in sorted(process.user_slices & people.keys()):
            if (people[uid], target) not in allowed:
                found.append(Leftover(people[uid], target, process))
                break
    return found


def with_all_below(roots: Collection[int], processes: Iterable[Process]) -> set[int]:
    """These numbers, as far as they are among the processes, and those of everything that they run."""
    listed = list(processes)
    found = [process for process in listed if process.pid in roots]
    return {process.pid for process in found} | {
        below.pid for process in found for below in descendants(process, listed)
    }


def login_processes(processes: Iterable[Process], login: str, uid: int) -> list[Process]:
    """Every process of the account, and sshd's root-owned ones for it, also for a login that is just beginning."""
    return [
        process
        for process in processes
        if uid in process.uids or (process.name == "sshd" and process.title.startswith(f"sshd: {login} ["))
    ]
