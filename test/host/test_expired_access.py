"""Proves: only what has an end, and whose end has passed, counts as expired."""

import unittest

from team_host.expired_access import are_expired, expired_pairs
from team_host.files import FileState

END = "20261231235959Z"
AFTER = "20270101000000Z"


def state(*lines: str) -> FileState:
    """A file of these lines."""
    return FileState("".join(f"{line}\n" for line in lines).encode(), 0o440, 0, 0)


class ExpiredPairsTest(unittest.TestCase):
    """The rules in force."""

    rules = state(
        "# Managed by team-runtime.",
        f"marcus ALL=(wes-agent) NOTAFTER={END} NOPASSWD:NOSETENV: ALL",
        "wes ALL=(wes-agent) NOPASSWD:NOSETENV: ALL",
        f"kim ALL=(ALL) NOTAFTER={END} NOPASSWD: ALL",
    )

    def test_after_the_end(self) -> None:
        self.assertEqual(expired_pairs(self.rules, AFTER), {("marcus", "wes-agent")})

    def test_until_its_last_second(self) -> None:
        for now in ("20260101000000Z", END):
            with self.subTest(now):
                self.assertEqual(expired_pairs(self.rules, now), frozenset())

    def test_no_rules(self) -> None:
        self.assertEqual(expired_pairs(None, AFTER), frozenset())


class ExpiredKeysTest(unittest.TestCase):
    """An authorized_keys file."""

    ended = f'restrict,pty,from="192.0.2.13",expiry-time="{END}" ssh-ed25519 AAAA marcus@dev-marcus'
    endless = "restrict,pty ssh-ed25519 AAAA marcus@dev-marcus"

    def test_every_key_has_ended(self) -> None:
        self.assertTrue(are_expired(state("# Managed by team-runtime.", self.ended), AFTER))
        self.assertFalse(are_expired(state(self.ended), END))

    def test_one_key_has_not(self) -> None:
        self.assertFalse(are_expired(state(self.ended, self.endless), AFTER))
        self.assertFalse(are_expired(state("ssh-ed25519 AAAA wes"), AFTER))

    def test_nothing_is_said_by_no_keys(self) -> None:
        self.assertFalse(are_expired(None, AFTER))
        self.assertFalse(are_expired(state("# Managed by team-runtime."), AFTER))

    def test_a_comment_that_looks_like_an_end(self) -> None:
        self.assertFalse(are_expired(state(f'ssh-ed25519 AAAA ,expiry-time="{END}"'), AFTER))
