"""Proves: a lead's aliases name pinned servers only, and nothing from the input reaches the files unchecked."""

import json
import unittest
from pathlib import Path
from typing import Any

from team_host.errors import Refused
from team_host.peers import parse_peers, render_known_hosts, render_ssh_config

from test.host.sample import ed25519

GOLDEN = Path(__file__).parent / "golden"


def peers(**fields: Any) -> dict[str, Any]:
    """An input with one peer whose `fields` are different."""
    peer = {"address": "192.0.2.11", "hostKey": ed25519(3)} | fields
    return {"login": "marcus", "peers": {"dev-wes": peer}, "sessionManager": "uxon"}


REFUSED: dict[str, dict[str, Any]] = {
    "an address that is a name": peers(address="dev-wes.example.com"),
    "an address with an option": peers(address="192.0.2.11\n    ProxyCommand sh"),
    "a number": peers(address=5),
    "a key with a comment": peers(hostKey=f"{ed25519(3)} root@dev-wes"),
    "a key of two lines": peers(hostKey=f"{ed25519(3)}\n* {ed25519(4)}"),
    "a key that is none": peers(hostKey="ssh-ed25519 AAAA"),
    "an unknown field": peers(user="root"),
    "a login that is none": peers() | {"login": "../../etc/ssh"},
    "an agent": peers() | {"login": "wes-agent"},
    "a server that is a pattern": peers() | {"peers": {"*": peers()["peers"]["dev-wes"]}},
    "a server with a blank": peers() | {"peers": {"a b": peers()["peers"]["dev-wes"]}},
    "a peer that is text": peers() | {"peers": {"dev-wes": "192.0.2.11"}},
    "no peers": {"login": "marcus", "sessionManager": "none"},
    "a session manager that is none of ours": peers() | {"sessionManager": "screen"},
}


class PeersTest(unittest.TestCase):
    """Input and rendered files."""

    def test_renders_the_golden_files(self) -> None:
        raw = peers()
        raw["peers"]["dev-nadia"] = {"address": "2001:db8::12", "hostKey": ed25519(4)}
        lead = parse_peers(json.dumps(raw).encode())
        self.assertEqual(render_ssh_config("marcus", lead.peers), (GOLDEN / "marcus.ssh_config").read_text())
        self.assertEqual(render_known_hosts("marcus", lead.peers), (GOLDEN / "marcus.known_hosts").read_text())
        self.assertEqual((lead.login, lead.uses_uxon), ("marcus", True))

    def test_refuses_what_could_redirect(self) -> None:
        for what, raw in REFUSED.items():
            with self.subTest(what), self.assertRaises(Refused):
                parse_peers(json.dumps(raw).encode())
