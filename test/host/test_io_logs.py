"""Proves: which recordings of sudo go."""

import unittest
from pathlib import Path

from team_host.io_logs import BYTES_KEPT, SECONDS_KEPT, Recording, too_many

NOW = 1_800_000_000.0


def recording(name: str, size: int, age: float) -> Recording:
    """A recording that last grew `age` seconds ago."""
    return Recording(Path(name), size, NOW - age)


class TooManyTest(unittest.TestCase):
    """The bounds."""

    def test_few_and_young_ones_stay(self) -> None:
        self.assertEqual(too_many([recording("a", BYTES_KEPT // 2, 1), recording("b", BYTES_KEPT // 2, 2)], NOW), [])

    def test_old_ones_go(self) -> None:
        old = recording("old", 1, SECONDS_KEPT + 1)
        self.assertEqual(too_many([old, recording("young", 1, SECONDS_KEPT - 1)], NOW), [old])

    def test_the_oldest_go_until_the_rest_is_small_enough(self) -> None:
        first, second, third = (recording(str(age), BYTES_KEPT // 2, age) for age in (1, 2, 3))
        self.assertEqual(too_many([third, first, second], NOW), [third])
