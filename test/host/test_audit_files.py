"""Proves: files that could bring access back are reported with their owner, and ordinary ones are not."""

import unittest

from team_host.audit_files import findings_of_files
from team_host.file_search import FoundFile, mount_points_in
from team_host.finding import Finding

MANAGED = {20300: "marcus", 20412: "wes", 20413: "wes-agent"}
ACCOUNTS = {0, 1000, *MANAGED}

MOUNTINFO = r"""
21 1 254:1 / / rw,relatime - ext4 /dev/sda1 rw
22 21 0:20 / /proc rw,nosuid - proc proc rw
23 21 0:21 / /run rw,nosuid - tmpfs tmpfs rw
24 21 254:2 / /srv/with\040blank rw - xfs /dev/sdb rw
25 21 0:30 / /var/lib/docker/overlay2/x/merged rw - overlay overlay rw
26 21 0:31 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw
""".strip()


def found(*files: FoundFile, former: dict[int, str] | None = None) -> list[Finding]:
    """The findings on the sample machine."""
    return findings_of_files(files, MANAGED, ACCOUNTS, ACCOUNTS, former or {})


class FilesTest(unittest.TestCase):
    """One file at a time."""

    def test_setuid_of_an_agent_is_a_leftover(self) -> None:
        [finding] = found(FoundFile("f", 0o4755, 20413, 20413, "/var/tmp/bash"))
        self.assertEqual((finding.kind, finding.item), ("leftover", "'/var/tmp/bash'"))
        self.assertIn("wes-agent", finding.sentence)

    def test_setuid_of_root_is_the_distribution_s(self) -> None:
        self.assertEqual(found(FoundFile("f", 0o4755, 0, 0, "/usr/bin/sudo")), [])

    def test_a_socket_of_an_agent_elsewhere_is_a_leftover(self) -> None:
        self.assertEqual(len(found(FoundFile("s", 0o777, 20413, 20413, "/tmp/.x"))), 1)

    def test_the_agent_s_own_sockets_and_those_of_people_are_not(self) -> None:
        own = FoundFile("s", 0o770, 20413, 20413, "/run/agents/tmux-20413/default")
        home = FoundFile("s", 0o755, 20413, 20413, "/home/wes-agent/.codex/ipc")
        person = FoundFile("s", 0o700, 20412, 20412, "/tmp/ssh-abc/agent.12")
        self.assertEqual(found(own, home, person), [])

    def test_another_agent_s_folder_is_not_its_own_place(self) -> None:
        self.assertEqual(len(found(FoundFile("s", 0o777, 20413, 20413, "/run/agents/tmux-1/default"))), 1)

    def test_files_of_no_account_are_one_finding_with_the_former_name(self) -> None:
        files = [FoundFile("f", 0o644, 20500, 20500, f"/tmp/{number}") for number in range(5)]
        [finding] = found(*files, former={20500: "kim"})
        self.assertIn("20500 (formerly kim)", finding.sentence)
        self.assertIn("and 2 more", finding.sentence)

    def test_uids_that_systemd_lends_belong_to_somebody(self) -> None:
        self.assertEqual(found(FoundFile("d", 0o700, 61200, 61200, "/var/lib/private/x")), [])

    def test_control_characters_of_a_name_reach_nobody_s_terminal(self) -> None:
        [finding] = found(FoundFile("f", 0o4755, 20413, 20413, "/tmp/\x1b]0;x"))
        self.assertTrue(finding.item.isprintable())


class MountsTest(unittest.TestCase):
    """Where to look."""

    def test_every_file_system_of_people_and_no_container(self) -> None:
        self.assertEqual(mount_points_in(MOUNTINFO), ["/", "/run", "/srv/with blank"])
