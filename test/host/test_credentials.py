"""Proves: a credentials document names plain hosts and agents only, and no refusal shows a token."""

import copy
import json
import unittest
from pathlib import Path
from typing import Any

from team_host.credentials_document import Token, parse_credentials, read_credentials
from team_host.errors import Refused
from team_host.git_identity import render_git_settings
from team_host.git_ssh import render_git_known_hosts, render_git_ssh_config
from team_host.workplace_document import Limits, Workplace, parse_workplaces

from test.host.sample import SERVER, ed25519

GOLDEN = Path(__file__).parent / "golden"
TOKEN = "a-token-of-the-test"  # noqa: S105 - what must not be shown.
KEY = {"generation": "2026-11-01", "hostKeys": [ed25519(3), ed25519(4)]}
ROW = {"generation": "2026-11-01", "token": TOKEN, "user": "oauth2"}
DOCUMENT: dict[str, Any] = {
    "agents": {"wes-agent": {"keys": {"github.com": KEY}, "tokens": {"git.acme.example:8443": ROW}}},
    "server": SERVER,
    "version": 1,
}


def changed(*steps: str, value: Any) -> dict[str, Any]:
    """The sample with one value replaced or added."""
    document = copy.deepcopy(DOCUMENT)
    inner: Any = document
    for step in steps[:-1]:
        inner = inner[step]
    inner[steps[-1]] = value
    return document


def of_wes(*steps: str, value: Any) -> dict[str, Any]:
    """The same below Wes's agent."""
    return changed("agents", "wes-agent", *steps, value=value)


REFUSED: dict[str, dict[str, Any]] = {
    "another server": changed("server", value="dev-nadia"),
    "another version": changed("version", value=2),
    "agents that are a list": changed("agents", value=[TOKEN]),
    "a person": changed("agents", "wes", value=DOCUMENT["agents"]["wes-agent"]),
    "a path for an agent": changed("agents", "../wes-agent", value=DOCUMENT["agents"]["wes-agent"]),
    "a row that is text": changed("agents", "wes-agent", value=TOKEN),
    "an unknown part": of_wes("more", value=TOKEN),
    "a host that is a path": of_wes("tokens", "../git.acme.example", value=ROW),
    "a host with two ports": of_wes("tokens", "git.acme.example:1:2", value=ROW),
    "a host with a line end": of_wes("keys", "github.com\n", value=KEY),
    "a host that is a pattern": of_wes("keys", "*.github.com", value=KEY),
    "a host with a blank": of_wes("keys", "github.com all", value=KEY),
    "a key for a port": of_wes("keys", "github.com:22", value=KEY),
    "a key without a known host": of_wes("keys", "github.com", value=KEY | {"hostKeys": []}),
    "a host key with a comment": of_wes("keys", "github.com", value=KEY | {"hostKeys": [f"{ed25519(3)} x"]}),
    "a host key of two lines": of_wes("keys", "github.com", value=KEY | {"hostKeys": [f"{ed25519(3)}\n@revoked"]}),
    "a generation of two lines": of_wes("keys", "github.com", value=KEY | {"generation": "a\nb"}),
    "a generation that is an option": of_wes("keys", "github.com", value=KEY | {"generation": "-f"}),
    "a token of two lines": of_wes("tokens", "git.acme.example", value=ROW | {"token": f"{TOKEN}\nhost=x"}),
    "a token that is a number": of_wes("tokens", "git.acme.example", value=ROW | {"token": 12345678}),
    "a token that is missing": of_wes("tokens", "git.acme.example", value={"generation": "a", "user": "u"}),
    "a user of two lines": of_wes("tokens", "git.acme.example", value=ROW | {"user": f"u\npassword={TOKEN}"}),
    "a key of the token's row": of_wes("tokens", "git.acme.example", value=ROW | {TOKEN: 1}),
}


class CredentialsDocumentTest(unittest.TestCase):
    """What apply-credentials takes on standard input."""

    def test_reads_what_is_right(self) -> None:
        [wes] = parse_credentials(json.dumps(DOCUMENT).encode(), SERVER)
        self.assertEqual(wes.tokens, {"git.acme.example:8443": Token("2026-11-01", "oauth2", TOKEN)})
        self.assertNotIn(TOKEN, repr(wes))

    def test_refuses_what_is_not_and_shows_no_token(self) -> None:
        for what, document in REFUSED.items():
            with self.subTest(what), self.assertRaises(Refused) as refused:
                parse_credentials(json.dumps(document).encode(), SERVER)
            self.assertNotIn(TOKEN, str(refused.exception), what)

    def test_an_audit_asks_without_tokens_and_may_not_send_any(self) -> None:
        wanted = {"generation", "user"}
        document = of_wes("tokens", value={"git.acme.example": {"generation": "a", "user": "u"}})
        self.assertIsNone(read_credentials(document, SERVER, wanted)[0].tokens["git.acme.example"].secret)
        with self.assertRaises(Refused) as refused:
            read_credentials(DOCUMENT, SERVER, wanted)
        self.assertNotIn(TOKEN, str(refused.exception))


class FilesTest(unittest.TestCase):
    """What ssh and git read."""

    def test_are_the_golden_ones(self) -> None:
        everybody = parse_credentials(json.dumps(DOCUMENT).encode(), SERVER)
        limits = Limits("75%", 4096, None, None)
        wes = Workplace("wes", "wes-agent", "wes-agent (agent of wes)", "wes-agent@acme.example", limits, {})
        for name, text in {
            "git.ssh_config": render_git_ssh_config(everybody),
            "git.known_hosts": render_git_known_hosts(everybody),
            "wes-agent.gitconfig": render_git_settings(wes),
        }.items():
            self.assertEqual(text, (GOLDEN / name).read_text(), name)

    def test_are_empty_without_keys(self) -> None:
        self.assertEqual((render_git_ssh_config([]), render_git_known_hosts([])), ("", ""))

    def test_hold_no_name_that_closes_its_quotes(self) -> None:
        limits = {"cpu": None, "disk": None, "memory": "75%", "tasks": 4096}
        for git in ({"name": 'a"\n[core]', "email": "a@b.example"}, {"name": "a", "email": 'a"@b.example'}, {}, "a"):
            row = {"agent": "wes-agent", "git": git, "limits": limits, "repositories": {}}
            document = {"server": SERVER, "version": 1, "workplaces": {"wes": row}}
            with self.subTest(git), self.assertRaises(Refused):
                parse_workplaces(json.dumps(document).encode(), SERVER)
