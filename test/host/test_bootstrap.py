"""Proves: what bootstrap reads from the machine, and what it refuses."""

import unittest
from pathlib import Path

from team_host.deploy_user import lines_for_others
from team_host.errors import Refused
from team_host.host_accounts import parse_shadow
from team_host.settings import check_settings
from team_host.sshd import keywords_not_in_force

ETC = Path(__file__).parents[2] / "host/etc"
DROP_IN = (ETC / "ssh/sshd_config.d/00-team-runtime.conf").read_text()
EFFECTIVE = (Path(__file__).parent / "fixtures/in-force.sshd-T.txt").read_text()


class SshdTest(unittest.TestCase):
    """The drop-in against what `sshd -T` said on a machine (OpenSSH 9.2p1, Debian 12)."""

    def test_in_force(self) -> None:
        self.assertEqual(keywords_not_in_force(DROP_IN, EFFECTIVE), [])

    def test_read_too_late(self) -> None:
        overridden = EFFECTIVE.replace("passwordauthentication no", "passwordauthentication yes")
        self.assertEqual(keywords_not_in_force(DROP_IN, overridden), ["PasswordAuthentication no"])

    def test_a_group_more(self) -> None:
        overridden = EFFECTIVE.replace("allowgroups team-login", "allowgroups team-login\nallowgroups sudo")
        self.assertEqual(keywords_not_in_force(DROP_IN, overridden), ["AllowGroups team-login"])


class ImageUserTest(unittest.TestCase):
    """cloud-init's sudoers file."""

    def test_only_the_deploy_user_keeps_a_rule(self) -> None:
        text = "# User rules for debian\ndebian ALL=(ALL) NOPASSWD:ALL\n\ndeploy ALL=(ALL) NOPASSWD: ALL\n"
        self.assertEqual(lines_for_others(text), ["debian ALL=(ALL) NOPASSWD:ALL"])
        self.assertEqual(lines_for_others("# x\ndeploy ALL=(ALL) NOPASSWD: ALL\n"), [])


class ShadowTest(unittest.TestCase):
    """shadow(5)."""

    def test_locked_and_closed(self) -> None:
        text = (
            "wes:!:20000:0:99999:7:::\nkim:!$6$x:20000:0:99999:7::1:\nopen:$6$x:20000:0:99999:7:::\n"
            "later:*:20000:0:99999:7::30000:\nbroken\n"
        )
        self.assertEqual(
            parse_shadow(text),
            {"wes": (True, False), "kim": (True, True), "open": (False, False), "later": (True, False)},
        )


class SettingsTest(unittest.TestCase):
    """Settings that this version does not know."""

    def test_none_is_fine_and_others_are_refused(self) -> None:
        check_settings(b"{}")
        for data in (b'{"firewall": true}', b"[]", b"", b"nonsense"):
            with self.subTest(data), self.assertRaises(Refused):
                check_settings(data)

    def test_nobody_shuts_themselves_out(self) -> None:
        data = b'{"sshFrom": ["192.0.2.0/24", "2001:db8::/32"]}'
        for client in ("192.0.2.7", "2001:db8::7"):
            with self.subTest(client):
                self.assertEqual(check_settings(data, client).ssh_from, ("192.0.2.0/24", "2001:db8::/32"))
        for client in ("192.0.3.7", "2001:db9::7"):
            with self.subTest(client), self.assertRaisesRegex(Refused, "nobody could come this way again"):
                check_settings(data, client)
