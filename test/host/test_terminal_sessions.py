"""Proves: which processes are part of a session over et or mosh, and which are not."""

import unittest

from team_host.processes import Process
from team_host.terminal_sessions import TerminalSession, open_sessions

from test.host.sample import process

WES, MARCUS, AGENT = 20412, 20300, 20413
PEOPLE = {WES: "wes", MARCUS: "marcus"}
GONE = "/user.slice/user-20412.slice/session-7.scope"
ALIVE = "/user.slice/user-20412.slice/session-8.scope"


def sessions(processes: list[Process], groups: dict[int, str]) -> dict[str, set[int]]:
    """The numbers of the processes of each session, by its login and terminal."""
    found: list[TerminalSession] = open_sessions(processes, PEOPLE, groups.get, (20,) if groups.get(21) else ())
    return {f"{one.login} {one.terminal}": {each.pid for each in one.processes} for one in found}


class SessionsTest(unittest.TestCase):
    """The parts of a session."""

    def test_holder_and_all_below(self) -> None:
        for name, terminal in (("mosh-server", "mosh"), ("etterminal", "et")):
            with self.subTest(name):
                tree = [
                    process(10, 1, name, WES),
                    process(11, 10, "bash", WES),
                    process(12, 11, "sudo", WES, effective_uid=0),
                    process(13, 12, "tmux: client", AGENT),
                ]
                self.assertEqual(sessions(tree, {}), {f"wes {terminal}": {10, 11, 12, 13}})

    def test_a_holder_that_calls_itself_otherwise(self) -> None:
        tree = [process(10, 1, "vim", WES, program="/usr/bin/mosh-server"), process(11, 10, "bash", WES)]
        self.assertEqual(sessions(tree, {}), {"wes mosh": {10, 11}})

    def test_what_left_the_tree_while_no_ssh_is_in_the_session(self) -> None:
        tree = [process(10, 1, "mosh-server", WES), process(20, 1, "sleep", WES)]
        self.assertEqual(sessions(tree, dict.fromkeys((10, 20), GONE)), {"wes mosh": {10, 20}})

    def test_nothing_of_a_connection_in_which_it_was_started_by_hand(self) -> None:
        tree = [
            process(5, 1, "sshd", 0),
            process(6, 5, "bash", WES),
            process(10, 1, "mosh-server", WES),
            process(11, 10, "bash", WES),
        ]
        self.assertEqual(sessions(tree, dict.fromkeys((5, 6, 10, 11), ALIVE)), {"wes mosh": {10, 11}})

    def test_no_tmux_server_of_an_agent(self) -> None:
        tree = [
            process(10, 1, "etterminal", MARCUS),
            process(20, 1, "tmux: server", AGENT),
            process(21, 20, "bash", AGENT),
        ]
        self.assertEqual(sessions(tree, dict.fromkeys((10, 20, 21), GONE)), {"marcus et": {10}})

    def test_nobody_else(self) -> None:
        self.assertEqual(sessions([process(10, 1, "mosh-server", 1000), process(11, 1, "etterminal", AGENT)], {}), {})
