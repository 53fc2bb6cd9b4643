"""Proves: of the settings of Eternal Terminal ours are in force and the others stay, and its package says its units."""

import unittest

from team_host.errors import Failed
from team_host.eternal_terminal import configured
from team_host.held_units import units_among

SHIPPED = """\
; et.cfg : settings

[Networking]
port = 2022
# bind_ip = 0.0.0.0

[Debug]
verbose = 0
telemetry = true
logdirectory = /tmp
"""


class SettingsTest(unittest.TestCase):
    """The settings file."""

    def test_two_lines_change_and_the_rest_stays(self) -> None:
        expected = SHIPPED.replace("telemetry = true", "telemetry = false").replace("= /tmp", "= /var/log/et")
        self.assertEqual(configured(SHIPPED), expected)

    def test_again_changes_nothing(self) -> None:
        once = configured(SHIPPED)
        self.assertEqual(configured(once), once)

    def test_spelled_otherwise(self) -> None:
        for line in ("telemetry=true", "  telemetry = yes", "# telemetry = true", ";telemetry=1"):
            with self.subTest(line):
                text = configured(SHIPPED.replace("telemetry = true", line))
                self.assertIn("\ntelemetry = false\n", text)
                self.assertEqual(text.count("telemetry"), 1)

    def test_said_twice(self) -> None:
        for again in ("telemetry = true", "telemetry=true"):
            with self.subTest(again):
                text = configured(f"{SHIPPED}{again}\n")
                self.assertEqual([line for line in text.splitlines() if "telemetry" in line], ["telemetry = false"])

    def test_another_setting_of_a_longer_name_is_another_setting(self) -> None:
        text = configured(f"{SHIPPED}telemetry_url = https://example.com\n")
        self.assertIn("\ntelemetry_url = https://example.com\n", text)

    def test_a_file_without_one_of_them_is_not_taken(self) -> None:
        for name in ("telemetry", "logdirectory"):
            with self.subTest(name), self.assertRaisesRegex(Failed, f"has no setting {name}"):
                configured(SHIPPED.replace(name, "something"))


class UnitsTest(unittest.TestCase):
    """What of a package systemd could start."""

    def test_units_wherever_a_package_puts_them(self) -> None:
        files = [
            "/lib/systemd/system/et.service",
            "/usr/lib/systemd/system/et.socket",
            "/etc/init.d/et-old",
            "/usr/lib/systemd/user/et-user.service",
            "/usr/share/doc/et/et.service",
            "/usr/bin/et",
        ]
        self.assertEqual(units_among(files), ["et-old.service", "et.service", "et.socket"])
