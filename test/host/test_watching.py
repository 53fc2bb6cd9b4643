"""Proves: a watcher's keys only leave, and of a watcher's environment nothing but the terminal's name passes."""

import unittest

from team_host.watching import size_for_tmux, tmux_environment, tmux_words, wants_to_leave


class WatchingTest(unittest.TestCase):
    """Keys and environment; what happens on a real terminal is tested on a machine."""

    def test_three_ways_to_leave(self) -> None:
        for typed in (b"q", b"\x03", b"\x02d", b"xxq"):
            with self.subTest(typed):
                self.assertTrue(wants_to_leave(typed))

    def test_nothing_else_and_no_answer_of_a_terminal_leaves(self) -> None:
        for typed in (b"ls\r", b"\x02", b"\x02:kill-server\r", b"\x1bP>|qterm(1.0)\x1b\\", b"\x1b[A", b"\x04", b"\x1a"):
            with self.subTest(typed):
                self.assertFalse(wants_to_leave(typed))

    def test_takes_only_a_plain_terminal_name(self) -> None:
        caller = {"TERM": "xterm-256color", "DISPLAY": "evil:0", "PATH": "/tmp", "TMUX": "x", "LD_PRELOAD": "/tmp/x.so"}
        taken = tmux_environment(caller)
        self.assertEqual(taken["TERM"], "xterm-256color")
        self.assertEqual(set(taken), {"HOME", "LC_ALL", "PATH", "TERM", "TMUX_TMPDIR"})
        self.assertEqual(taken["PATH"], "/usr/bin:/bin")
        for name in ("../../tmp/x", "", "-x", "a b", "x\n", "..", "unknown"):
            with self.subTest(name):
                self.assertEqual(tmux_environment({"TERM": name})["TERM"], "xterm")

    def test_a_tiny_terminal_does_not_count(self) -> None:
        self.assertEqual(size_for_tmux(0, 0), (24, 80))
        self.assertEqual(size_for_tmux(50, 3), (50, 80))
        self.assertEqual(size_for_tmux(50, 200), (50, 200))

    def test_names_the_session_exactly_and_read_only(self) -> None:
        self.assertEqual(tmux_words("uxon-x@claude")[-3:], ["-r", "-t", "=uxon-x@claude"])
