"""Proves: sudo's own reading of the rules must be exactly the grants that are meant.

The fixtures were written by `cvtsudoers -c /dev/null -e -f json` of sudo 1.9.13p3 (Debian 12).
"""

import unittest
from pathlib import Path

from team_host.errors import Refused
from team_host.sudoers_line import Grant
from team_host.sudoers_meaning import check_meaning

from test.host.sample import WATCH

FIXTURES = Path(__file__).parent / "fixtures"
THREE = (
    Grant("marcus", "wes-agent", "20261231235959Z", WATCH.rpartition(" ")[2]),
    Grant("wes", "wes-agent", "", "ALL"),
    Grant("wes-agent", "wes-agent", "", "ALL"),
)
ONE = (Grant("wes", "wes-agent", "", "ALL"),)


def reading(fixture: str, *grants: Grant) -> None:
    """Compare what sudo read, as recorded, with these grants."""
    check_meaning(Path("unused"), grants, lambda _: (FIXTURES / fixture).read_text())


class SudoersMeaningTest(unittest.TestCase):
    """The second reading of the rules."""

    def test_accepts_exactly_the_grants(self) -> None:
        reading("three-grants.cvtsudoers.json", *THREE)

    def test_a_file_without_rules_grants_nothing(self) -> None:
        check_meaning(Path("unused"), (), lambda _: "")
        with self.assertRaises(Refused):
            check_meaning(Path("unused"), ONE, lambda _: "")

    def test_refuses_one_grant_more(self) -> None:
        with self.assertRaisesRegex(Refused, "would also read `marcus as wes-agent`"):
            reading("three-grants.cvtsudoers.json", *THREE[1:])

    def test_refuses_one_grant_less(self) -> None:
        with self.assertRaisesRegex(Refused, "would not read `nadia as wes-agent`"):
            reading("three-grants.cvtsudoers.json", *THREE, Grant("nadia", "wes-agent", "", "ALL"))

    def test_refuses_another_end(self) -> None:
        other = Grant("marcus", "wes-agent", "20271231235959Z", THREE[0].command)
        with self.assertRaises(Refused):
            reading("three-grants.cvtsudoers.json", other, *THREE[1:])

    def test_refuses_everything_but_plain_grants(self) -> None:
        hostile = sorted(FIXTURES.glob("refused-*.cvtsudoers.json"))
        self.assertGreater(len(hostile), 10)
        for fixture in hostile:
            with self.subTest(fixture.name), self.assertRaises(Refused):
                reading(fixture.name, *ONE)
