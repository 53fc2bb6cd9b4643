"""Proves: uxon's file says what the golden files say, is TOML, and takes nothing from the input unchecked."""

import json
import tomllib
import unittest
from pathlib import Path
from typing import Any

from team_host.errors import Refused
from team_host.sessions import parse_sessions
from team_host.uxon_config import all_peers, render_agents_part, render_peers_part

GOLDEN = Path(__file__).parent / "golden"

REFUSED: dict[str, Any] = {
    "an owner who is an agent": {"agentTools": [], "owners": {"wes-agent": "wes-agent"}},
    "a person in place of the agent": {"agentTools": [], "owners": {"wes": "marcus"}},
    "an agent that is a list": {"agentTools": [], "owners": {"wes": ["wes-agent"]}},
    "an owner with a quote": {"agentTools": [], "owners": {'wes"': "wes-agent"}},
    "a tool with a line of its own": {"agentTools": ["claude\n[audit]"], "owners": {}},
    "a tool that is a number": {"agentTools": [1], "owners": {}},
    "tools in one text": {"agentTools": "claude", "owners": {}},
    "an unknown field": {"agentTools": [], "owners": {}, "peers": []},
    "no owners": {"agentTools": []},
}


class SessionsTest(unittest.TestCase):
    """Input and rendered file."""

    def test_renders_the_golden_file_of_a_server(self) -> None:
        owners, tools = parse_sessions(b'{"agentTools": ["claude", "codex"], "owners": {"wes": "wes-agent"}}')
        self.assertEqual(render_agents_part(owners, tools), (GOLDEN / "dev-wes.uxon.toml").read_text())

    def test_renders_the_golden_file_of_a_lead(self) -> None:
        whole = render_agents_part({"marcus": "marcus-agent"}, ["claude"]) + render_peers_part(["dev-wes", "dev-nadia"])
        self.assertEqual(whole, (GOLDEN / "dev-marcus.uxon.toml").read_text())

    def test_both_parts_together_are_one_toml_document(self) -> None:
        known = tomllib.loads((GOLDEN / "dev-marcus.uxon.toml").read_text())
        self.assertEqual([peer["name"] for peer in known["remote_hosts"]], ["dev-nadia", "dev-wes"])
        self.assertEqual(known["launch_user_by_caller"], {"marcus": "marcus-agent"})

    def test_a_server_of_several_people_gives_each_their_own_agent(self) -> None:
        known = tomllib.loads(render_agents_part({"olga": "olga-agent", "kim": "kim-agent"}, []))
        self.assertEqual(known["session_users"], ["kim-agent", "olga-agent"])
        self.assertEqual(known["allowed_roots"], ["/srv/projects/kim", "/srv/projects/olga"])
        self.assertEqual(known["launch_user_by_caller"], {"kim": "kim-agent", "olga": "olga-agent"})

    def test_the_lists_of_several_leads_are_one_list_without_doubles(self) -> None:
        parts = [render_peers_part(["dev-kim", "dev-olga"]), render_peers_part(["dev-olga", "dev-wes"])]
        known = tomllib.loads(all_peers(parts))
        self.assertEqual([peer["name"] for peer in known["remote_hosts"]], ["dev-kim", "dev-olga", "dev-wes"])
        self.assertEqual(all_peers(parts[:1]), parts[0])
        self.assertEqual(all_peers([]), "")

    def test_refuses_what_could_say_something_else(self) -> None:
        for what, raw in REFUSED.items():
            with self.subTest(what), self.assertRaises(Refused):
                parse_sessions(json.dumps(raw).encode())
