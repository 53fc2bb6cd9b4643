"""Proves: a limit that is in force is known again, also when the machine has started anew since."""

import unittest

from team_host.agent_limits import is_in_force

MACHINE = 4 << 30
SLACK = MACHINE // 200


class AgentLimitsTest(unittest.TestCase):
    """What is wanted, and what `systemctl show` prints."""

    def test_a_share_may_differ_by_what_another_start_leaves(self) -> None:
        for difference in (0, 4096, -1_000_000):
            with self.subTest(difference):
                self.assertTrue(is_in_force("MemoryMax", str(3 << 30), str((3 << 30) + difference), SLACK))

    def test_a_share_of_one_percent_more_is_another_limit(self) -> None:
        self.assertFalse(is_in_force("MemoryMax", str(MACHINE * 75 // 100), str(MACHINE * 76 // 100), SLACK))
        self.assertFalse(is_in_force("MemoryMax", str(3 << 30), "infinity", SLACK))

    def test_an_amount_is_exact(self) -> None:
        self.assertTrue(is_in_force("MemoryMax", str(512 << 20), str(512 << 20), 0))
        self.assertFalse(is_in_force("MemoryMax", str(512 << 20), str((512 << 20) + 4096), 0))

    def test_a_quota_of_the_processors_is_shown_as_time(self) -> None:
        self.assertTrue(is_in_force("CPUQuota", "150%", "1s 500ms", SLACK))
        self.assertFalse(is_in_force("CPUQuota", "150%", "infinity", SLACK))
