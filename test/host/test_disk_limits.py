"""Proves: limits of the disk become the amounts that setquota takes, and what the kernel holds is read back."""

import unittest

from team_host.disk_limits import quota_of
from team_host.quotas import NO_QUOTA, Quota, quotas_in
from team_host.root_file_system import RootFileSystem, kind_of_root

GIBIBYTE = 1 << 20
DISK = RootFileSystem("ext4", kibibytes=40 * GIBIBYTE, files=4_000_000, device=1)
# As repquota 4.06 writes it.
REPORT = """\
User,BlockStatus,FileStatus,BlockUsed,BlockSoftLimit,BlockHardLimit,BlockGrace,FileUsed,FileSoftLimit,FileHardLimit,FileGrace
#0,ok,ok,638472,0,0,,16718,0,0,
#20411,ok,ok,4,0,0,,5,0,0,
#20412,hard,ok,20480,0,20480,none,6,0,1000,
"""


class DiskLimitsTest(unittest.TestCase):
    """Amounts, and what there is of them."""

    def test_an_amount_brings_the_same_share_of_the_files(self) -> None:
        self.assertEqual(quota_of("10G", DISK), Quota(10 * GIBIBYTE, 1_000_000))
        self.assertEqual(quota_of("2048M", DISK), Quota(2 * GIBIBYTE, 200_000))

    def test_a_share_is_of_the_whole_disk(self) -> None:
        self.assertEqual(quota_of("50%", DISK), Quota(20 * GIBIBYTE, 2_000_000))

    def test_no_limit_is_no_quota(self) -> None:
        self.assertEqual(quota_of(None, DISK), NO_QUOTA)

    def test_hard_limits_are_read_by_uid(self) -> None:
        self.assertEqual(quotas_in(REPORT), {0: NO_QUOTA, 20411: NO_QUOTA, 20412: Quota(20480, 1000)})


class RootFileSystemTest(unittest.TestCase):
    """Which file system / is."""

    def test_the_last_mount_counts(self) -> None:
        mounts = (
            "1 1 0:2 / / rw - rootfs rootfs rw\n"
            "26 1 254:0 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,usrjquota=aquota.user\n"
            "27 26 0:22 / /srv rw - xfs /dev/sdb rw\n"
        )
        self.assertEqual(kind_of_root(mounts), "ext4")

    def test_without_any_it_is_unknown(self) -> None:
        self.assertEqual(kind_of_root(""), "unknown")
