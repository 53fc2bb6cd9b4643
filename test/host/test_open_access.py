"""Proves: a revocation ends the lead's own commands, whatever they are called, and nobody else's anything.

The process trees are those of a Debian 12 machine: sshd, the person's shell, sudo (its front and its
monitor, both root's with the person's real uid), the command as the agent.
"""

import unittest

from team_host.open_access import leftovers, login_processes, open_commands, undecided_commands
from team_host.processes import Process

from test.host.sample import process

MARCUS, WES, AGENT = 20300, 20412, 20413
PEOPLE = {MARCUS: "marcus", WES: "wes"}
AGENTS = {AGENT: "wes-agent"}
WES_MAY = frozenset({("wes", "wes-agent")})
BOTH_MAY = WES_MAY | {("marcus", "wes-agent")}

TMUX_SERVER = [process(400, 1, "tmux: server", AGENT), process(401, 400, "bash", AGENT, terminal=2)]


def attached(first: int, uid: int, terminal: int, name: str = "sudo") -> list[Process]:
    """A person who is logged in and attached through sudo: five processes from number `first` on."""
    slices = frozenset({uid})
    return [
        process(first, 242, "sshd", uid, title="sshd: marcus@pts/0", user_slices=slices),
        process(first + 1, first, "bash", uid, terminal=terminal, user_slices=slices),
        process(first + 2, first + 1, name, uid, effective_uid=0, terminal=terminal, user_slices=slices),
        process(first + 3, first + 2, name, uid, effective_uid=0, terminal=terminal + 50, user_slices=slices),
        process(first + 4, first + 3, "tmux: client", AGENT, terminal=terminal + 50, user_slices=slices),
    ]


def ended(processes: list[Process], allowed: frozenset[tuple[str, str]] = WES_MAY) -> list[int]:
    """The numbers of everything that would be ended as a command or as its part."""
    commands = open_commands(processes, PEOPLE, AGENTS, allowed)
    return sorted({one.sudo.pid for one in commands} | {below.pid for one in commands for below in one.below})


def left_over(processes: list[Process], tmux_servers: set[int]) -> list[tuple[str, int]]:
    """Who left which process behind, after Marcus's grant has gone."""
    found = leftovers(processes, PEOPLE, AGENTS, WES_MAY, tmux_servers)
    return [(one.user, one.process.pid) for one in found]


class OpenCommandsTest(unittest.TestCase):
    """Commands under a grant that is gone."""

    def test_ends_the_lead_and_neither_the_owner_nor_the_server(self) -> None:
        tree = [*TMUX_SERVER, *attached(500, WES, 0), *attached(600, MARCUS, 3)]
        self.assertEqual(ended(tree), [602, 603, 604])

    def test_ends_nothing_while_the_grant_holds(self) -> None:
        self.assertEqual(ended([*TMUX_SERVER, *attached(600, MARCUS, 3)], BOTH_MAY), [])

    def test_the_front_is_told_once(self) -> None:
        commands = open_commands(attached(600, MARCUS, 3), PEOPLE, AGENTS, WES_MAY)
        self.assertEqual([(one.sudo.pid, one.user, one.target) for one in commands], [(602, "marcus", "wes-agent")])

    def test_a_link_to_sudo_does_not_hide_it(self) -> None:
        self.assertEqual(ended(attached(600, MARCUS, 3, name="innocent")), [602, 603, 604])

    def test_a_nested_shell_goes_whole(self) -> None:
        nested = [
            process(605, 604, "sudo", AGENT, effective_uid=0),
            process(606, 605, "sudo", AGENT, effective_uid=0),
            process(607, 606, "sleep", AGENT),
        ]
        self.assertEqual(ended([*attached(600, MARCUS, 3), *nested]), [602, 603, 604, 605, 606, 607])

    def test_the_agents_own_server_survives_though_the_lead_started_it(self) -> None:
        server = process(700, 1, "tmux: server", AGENT, user_slices=frozenset({MARCUS}))
        inside = process(701, 700, "bash", AGENT, terminal=9, user_slices=frozenset({MARCUS}))
        tree = [server, inside, *attached(600, MARCUS, 3)]
        self.assertNotIn(700, ended(tree))
        self.assertEqual(left_over([server, inside], {700}), [])

    def test_another_server_of_the_lead_is_a_leftover_with_all_that_it_runs(self) -> None:
        server = process(700, 1, "tmux: server", AGENT, user_slices=frozenset({MARCUS}))
        inside = process(701, 700, "bash", AGENT, terminal=9, user_slices=frozenset({MARCUS}))
        self.assertEqual(left_over([server, inside, *TMUX_SERVER], {400}), [("marcus", 700), ("marcus", 701)])

    def test_a_leftover_of_the_lead_is_found(self) -> None:
        left = process(800, 1, "python3", AGENT, user_slices=frozenset({MARCUS}))
        self.assertEqual(left_over([left, *TMUX_SERVER], {400}), [("marcus", 800)])

    def test_the_owners_background_work_is_no_leftover(self) -> None:
        own = process(800, 1, "python3", AGENT, user_slices=frozenset({WES}))
        service = process(801, 1, "python3", AGENT)
        self.assertEqual(left_over([own, service, *TMUX_SERVER], {400}), [])

    def test_a_farewell_comes_first_when_sudo_is_the_whole_session(self) -> None:
        whole = [process(600, 242, "sshd", MARCUS), *[p for p in attached(599, MARCUS, 3) if p.pid > 600]]
        whole[1] = process(601, 600, "sudo", MARCUS, effective_uid=0, terminal=3)
        (command,) = open_commands(whole, PEOPLE, AGENTS, WES_MAY)
        self.assertTrue(command.is_whole_session and command.fills_screen)
        (command,) = open_commands(attached(600, MARCUS, 3), PEOPLE, AGENTS, WES_MAY)
        self.assertFalse(command.is_whole_session)

    def test_sudo_that_has_started_nothing_is_undecided_by_whatever_name(self) -> None:
        waiting = process(900, 899, "innocent", MARCUS, effective_uid=0, program="/usr/bin/sudo")
        self.assertEqual(undecided_commands([waiting, *attached(600, MARCUS, 3)], PEOPLE), [waiting])

    def test_a_closed_login_includes_sshd_for_it_and_no_other(self) -> None:
        privileged = process(590, 242, "sshd", 0, title="sshd: marcus [priv]")
        others = process(591, 242, "sshd", 0, title="sshd: marcus2 [priv]")
        found = login_processes([privileged, others, *attached(600, MARCUS, 3), *TMUX_SERVER], "marcus", MARCUS)
        self.assertEqual([one.pid for one in found], [590, 600, 601, 602, 603])
