"""Proves: /proc is read as the kernel writes it."""

import unittest

from team_host.processes import descendants, services_in, terminal_number, user_slices_in

from test.host.sample import process

CGROUP_V1 = """\
12:pids:/user.slice/user-20300.slice/session-4.scope
1:name=systemd:/user.slice/user-20300.slice/session-4.scope
"""
CGROUP_V2_SERVICE = "0::/system.slice/system-agent\\x2dtmux.slice/agent-tmux@wes-agent.service\n"
CGROUP_V2_MANAGER = "0::/user.slice/user-20300.slice/user@20300.service/app.slice/x.service\n"


class ProcessesTest(unittest.TestCase):
    """Reading single fields."""

    def test_terminals(self) -> None:
        self.assertEqual(terminal_number(136 << 8), 0)
        self.assertEqual(terminal_number((136 << 8) | 7), 7)
        self.assertEqual(terminal_number((137 << 8) | 1), 257)
        self.assertIsNone(terminal_number(0))
        self.assertIsNone(terminal_number((4 << 8) | 1))

    def test_login_sessions(self) -> None:
        self.assertEqual(user_slices_in(CGROUP_V1), frozenset({20300}))
        self.assertEqual(user_slices_in(CGROUP_V2_MANAGER), frozenset({20300}))
        self.assertEqual(user_slices_in(CGROUP_V2_SERVICE), frozenset())
        self.assertEqual(user_slices_in("0::/user.slice/user-0x1.slice\n"), frozenset())

    def test_services(self) -> None:
        self.assertEqual(services_in(CGROUP_V2_SERVICE), frozenset({"agent-tmux@wes-agent.service"}))
        self.assertEqual(services_in(CGROUP_V2_MANAGER), frozenset({"user@20300.service", "x.service"}))
        self.assertEqual(services_in(CGROUP_V1), frozenset())

    def test_descendants_are_all_below_and_nothing_beside(self) -> None:
        top, child, grandchild = process(1, 0, "a", 0), process(2, 1, "b", 0), process(3, 2, "c", 0)
        beside = process(4, 0, "d", 0)
        self.assertEqual(descendants(top, [beside, grandchild, child, top]), [child, grandchild])
