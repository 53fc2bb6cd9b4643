"""Proves: what the bootstrap makes of files that are Debian's own."""

import unittest

from team_host.dh_groups import large_groups
from team_host.errors import Failed
from team_host.su_rule import RULE, with_rule

SU = """\
#
# The PAM configuration file for the Shadow `su' service
auth       sufficient pam_rootok.so
# auth       required   pam_wheel.so
@include common-auth
"""


class SuRuleTest(unittest.TestCase):
    """/etc/pam.d/su."""

    def test_comes_after_root_and_before_everybody_else(self) -> None:
        lines = with_rule(SU).splitlines()
        self.assertLess(lines.index("auth       sufficient pam_rootok.so"), lines.index(RULE))
        self.assertLess(lines.index(RULE), lines.index("@include common-auth"))

    def test_is_there_once_and_in_its_place(self) -> None:
        once = with_rule(SU)
        self.assertEqual(with_rule(once), once)
        self.assertEqual(with_rule(SU + RULE + "\n"), once)

    def test_is_not_put_where_it_would_shut_out_root(self) -> None:
        for text in ("", "@include common-auth\n", "# auth sufficient pam_rootok.so\n"):
            with self.subTest(text), self.assertRaises(Failed):
                with_rule(text)


class LargeGroupsTest(unittest.TestCase):
    """moduli(5)."""

    def test_small_ones_comments_and_broken_lines_go(self) -> None:
        large = "20240101 2 6 100 3071 2 ABCD\n"
        text = f"# Time Type Tests Tries Size Generator Modulus\n20240101 2 6 100 2047 2 ABCD\n{large}3071\n"
        self.assertEqual(large_groups(text), large)
