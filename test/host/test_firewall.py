"""Proves: the firewall's text, and which networks it takes."""

import json
import unittest
from pathlib import Path

from team_host.errors import Refused
from team_host.firewall import render_firewall
from team_host.settings import EVERYWHERE, check_settings

GOLDEN = Path(__file__).parent / "golden"


class RulesTest(unittest.TestCase):
    """The rules."""

    def test_two_kinds_of_network(self) -> None:
        rules = render_firewall(["203.0.113.0/24", "198.51.100.7/32", "2001:db8::/32"])
        self.assertEqual(rules, (GOLDEN / "two-networks.nft").read_text())

    def test_no_line_for_a_kind_without_networks(self) -> None:
        self.assertNotIn("ip6 saddr", render_firewall(["203.0.113.0/24"]))
        self.assertNotIn("ip saddr", render_firewall(["2001:db8::/32"]))

    def test_networks_within_one_another_are_one(self) -> None:
        self.assertIn("ip saddr { 0.0.0.0/0 } jump let_in", render_firewall(["203.0.113.0/24", "0.0.0.0/0"]))


class SshFromTest(unittest.TestCase):
    """The setting."""

    def test_everything_by_default(self) -> None:
        self.assertEqual(check_settings(b"{}").ssh_from, EVERYWHERE)

    def test_networks_that_the_client_is_in(self) -> None:
        data = json.dumps({"sshFrom": ["203.0.113.0/24", "2001:db8::/32"]}).encode()
        for client in ("203.0.113.9", "2001:db8::1"):
            with self.subTest(client):
                self.assertEqual(check_settings(data, client).ssh_from, ("203.0.113.0/24", "2001:db8::/32"))

    def test_networks_that_would_shut_the_client_out(self) -> None:
        data = json.dumps({"sshFrom": ["203.0.113.0/24"]}).encode()
        for client in ("198.51.100.1", "2001:db8::1"):
            with self.subTest(client), self.assertRaisesRegex(Refused, "nobody could come this way again"):
                check_settings(data, client)

    def test_what_is_no_list_of_networks(self) -> None:
        hostile = ["203.0.113.0/24 } accept; tcp dport 1-65535", "203.0.113.1/24", "", "example.test", 7, None]
        for value in ([], "203.0.113.0/24", {}, *([item] for item in hostile)):
            with self.subTest(value), self.assertRaises(Refused):
                check_settings(json.dumps({"sshFrom": value}).encode(), "203.0.113.9")

    def test_every_wrong_network_is_named(self) -> None:
        with self.assertRaises(Refused) as refusal:
            check_settings(json.dumps({"sshFrom": ["a", "0.0.0.0/0", "b"]}).encode())
        self.assertEqual(len(refusal.exception.problems), 2)
