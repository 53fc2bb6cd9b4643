"""Proves: a hop key is made for a person only, and for a path below the folder of hop keys only."""

import json
import unittest
from typing import Any

from team_host.errors import Refused
from team_host.hop import parse_hop_request

GOOD = {"login": "marcus", "server": "dev-marcus", "uid": 20300}
REFUSED: list[dict[str, Any]] = [
    GOOD | {"login": "root"},
    GOOD | {"login": "wes-agent"},
    GOOD | {"login": ".."},
    GOOD | {"login": ["marcus"]},
    GOOD | {"server": "dev marcus"},
    GOOD | {"server": "-oProxyCommand=x"},
    GOOD | {"uid": 0},
    GOOD | {"uid": "20300"},
    GOOD | {"uid": True},
    GOOD | {"path": "/tmp"},
    {"login": "marcus"},
]


class HopTest(unittest.TestCase):
    """The request."""

    def test_accepts_a_person(self) -> None:
        request = parse_hop_request(json.dumps(GOOD).encode())
        self.assertEqual(str(request.folder), "/etc/team-runtime/hop/marcus")
        self.assertEqual(str(request.public), "/etc/team-runtime/hop/marcus.pub")

    def test_refuses_everything_else(self) -> None:
        for raw in REFUSED:
            with self.subTest(raw), self.assertRaises(Refused):
                parse_hop_request(json.dumps(raw).encode())
