"""Proves: a connection ends with the key that it came by, with all that belongs to it, and with nothing else.

What sshd and the journal really say is proven on a machine (test/machine/lost-laptop.test.ts).
"""

import json
import unittest

from team_host.connections import Connection, open_connections, read_accepted
from team_host.lost_keys import fingerprint, is_lost, keys_that_go, logins_in_between
from team_host.processes import Process

from test.host.sample import WES_KEY, ed25519, host_in_force, parsed, process, raw_document

MARCUS, WES, AGENT = 20300, 20412, 20413
AGENTS_OWN_SERVERS = frozenset({600})
PEOPLE = {MARCUS: "marcus", WES: "wes"}
WES_PRINT = fingerprint(WES_KEY, "wes")
OTHER_PRINT = fingerprint(f"{ed25519(3)} wes", "wes")

# sshd's monitor, its child as Wes, his shell, and a program that left the shell.
LOGIN = [
    process(500, 242, "sshd", 0, title="sshd: wes [priv]"),
    process(510, 500, "sshd", WES, title="sshd: wes@pts/0"),
    process(511, 510, "bash", WES, terminal=0),
    process(512, 1, "sleep", WES),
]


def without_session(_pid: int) -> str | None:
    """A machine on which nothing is in a login session."""
    return None


def accepted_line(pid: int, seconds: float, key: str) -> str:
    """A line of the journal as JSON."""
    message = f"Accepted publickey for wes from 127.77.1.1 port 40000 ssh2: ED25519 {key}"
    return json.dumps({"_PID": str(pid), "__MONOTONIC_TIMESTAMP": str(int(seconds * 1e6)), "MESSAGE": message})


class OpenConnectionsTest(unittest.TestCase):
    """What belongs to a connection."""

    def numbers(self, tree: list[Process], sessions: dict[int, str]) -> list[list[int]]:
        found = open_connections(tree, PEOPLE, sessions.get, AGENTS_OWN_SERVERS)
        return [[one.pid for one in connection.processes] for connection in found]

    def test_the_whole_login_session(self) -> None:
        sessions = {process.pid: "session-7.scope" for process in LOGIN}
        self.assertEqual(self.numbers(LOGIN, sessions), [[500, 510, 511, 512]])

    def test_the_tree_where_there_are_no_sessions(self) -> None:
        self.assertEqual(self.numbers(LOGIN, {}), [[500, 510, 511]])

    def test_not_the_agents_own_tmux_server_but_any_other_and_what_only_says_that_it_is_one(self) -> None:
        servers = [
            process(600, 1, "tmux: server", AGENT),
            process(601, 600, "bash", AGENT),
            process(700, 1, "tmux: server", WES),
            process(701, 1, "tmux: server", AGENT),
        ]
        sessions = {process.pid: "session-7.scope" for process in [*LOGIN, *servers]}
        self.assertEqual(self.numbers([*LOGIN, *servers], sessions), [[500, 510, 511, 512, 700, 701]])

    def test_no_connection_before_it_is_authenticated(self) -> None:
        beginning = [process(500, 242, "sshd", 0, title="sshd: wes [priv]"), process(510, 500, "sshd", 104)]
        self.assertEqual(open_connections(beginning, PEOPLE, without_session, ()), [])
        self.assertEqual([one.pid for one in logins_in_between(beginning, ["wes"], frozenset({WES}))], [500])
        self.assertEqual(logins_in_between(LOGIN, ["wes"], frozenset({WES})), [])

    def test_a_persons_program_called_sshd_is_none(self) -> None:
        fake = [process(500, 242, "sshd", WES, effective_uid=0), process(510, 500, "bash", WES)]
        self.assertEqual(open_connections(fake, PEOPLE, without_session, ()), [])


class AcceptedTest(unittest.TestCase):
    """What the journal says."""

    def setUp(self) -> None:
        # It started 50 s after the boot.
        self.monitor = {500: process(500, 242, "sshd", 0)}

    def test_the_key_of_this_process(self) -> None:
        journal = accepted_line(500, 50.1, str(WES_PRINT))
        self.assertEqual(read_accepted(journal, self.monitor), {500: WES_PRINT})

    def test_not_of_an_earlier_one_with_the_same_number(self) -> None:
        self.assertEqual(read_accepted(accepted_line(500, 12.0, str(WES_PRINT)), self.monitor), {})

    def test_not_of_other_lines(self) -> None:
        for line in ({"_PID": "500", "__MONOTONIC_TIMESTAMP": "50100000", "MESSAGE": [1, 2]}, {"_PID": "500"}):
            self.assertEqual(read_accepted(json.dumps(line), self.monitor), {})


class LostTest(unittest.TestCase):
    """Which connections end."""

    connection = Connection("wes", LOGIN[0], tuple(LOGIN))

    def test_by_the_key(self) -> None:
        self.assertFalse(is_lost(self.connection, WES_PRINT, parsed(), host_in_force()))
        self.assertTrue(is_lost(self.connection, OTHER_PRINT, parsed(), host_in_force()))

    def test_without_it_only_when_a_key_of_the_person_goes(self) -> None:
        raw = raw_document()
        raw["keys"]["wes"] = {"new": f"{ed25519(3)} wes"}
        self.assertFalse(is_lost(self.connection, None, parsed(), host_in_force()))
        self.assertTrue(is_lost(self.connection, None, parsed(raw), host_in_force()))
        self.assertFalse(keys_that_go("marcus", parsed(raw), host_in_force()))

    def test_other_options_are_the_same_key(self) -> None:
        raw = raw_document()
        line = raw["keys"]["marcus"]["hop key of dev-marcus"]
        raw["keys"]["marcus"]["hop key of dev-marcus"] = line.replace("192.0.2.13", "192.0.2.14")
        self.assertFalse(keys_that_go("marcus", parsed(raw), host_in_force()))
