"""Proves: the line for the login check opens little, for a short time, and is taken away without a trace."""

import unittest

from team_host.errors import Failed
from team_host.sshd import with_drop_in
from team_host.sshd_login import key_line, without_checks

DEPLOY = b"ssh-ed25519 AAAA\n"


class KeyLineTest(unittest.TestCase):
    """The deploy user's key file during the check."""

    def test_from_this_machine_for_a_minute(self) -> None:
        self.assertEqual(
            key_line("ssh-ed25519 AAAA team-runtime-login-check\n", 0),
            b'restrict,from="127.0.0.1",expiry-time="19700101000100Z" ssh-ed25519 AAAA team-runtime-login-check\n',
        )

    def test_is_taken_away_and_nothing_else_is(self) -> None:
        line = key_line("ssh-ed25519 BBBB team-runtime-login-check", 0)
        self.assertEqual(without_checks(DEPLOY + line), DEPLOY)
        self.assertEqual(without_checks(line + DEPLOY), DEPLOY)
        self.assertEqual(without_checks(DEPLOY), DEPLOY)


class CandidateTest(unittest.TestCase):
    """What sshd is asked about before the drop-in is replaced."""

    folder = "/etc/ssh/sshd_config.d"

    def test_the_new_file_stands_where_ours_stands(self) -> None:
        present = [f"{self.folder}/{name}" for name in ("50-cloud-init.conf", "00-team-runtime.conf", "00-site.conf")]
        self.assertEqual(
            with_drop_in(f"# Debian\nInclude {self.folder}/*.conf\nUsePAM yes\n", present, "/new"),
            f"# Debian\nInclude {self.folder}/00-site.conf /new {self.folder}/50-cloud-init.conf\nUsePAM yes\n",
        )

    def test_a_main_file_that_reads_no_drop_ins(self) -> None:
        with self.assertRaises(Failed):
            with_drop_in("UsePAM yes\n", [], "/new")
