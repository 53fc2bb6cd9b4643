"""Proves: whatever a document is made of, what gets through the second wall gives nobody more than an agent."""

import copy
import json
import os
import random
import unittest
from typing import Any

from team_host import names, paths
from team_host.document import AccessDocument, parse_document
from team_host.errors import Refused
from team_host.key_line import parse_key_line
from team_host.sudoers_file import render_sudoers

from test.host.sample import DOCUMENT, MARCUS_KEY, SERVER, WES_KEY

COUNT = int(os.environ.get("TEAM_RUNTIME_RANDOM_DOCUMENTS", "5000"))

# Parts of hostile and of harmless documents.
VALUES: list[Any] = [
    *("root", "deploy", "wes", "marcus", "wes-agent", "marcus-agent", "ALL", "#0", "%sudo", "", "wes\n", "a" * 300),
    *("human", "agent", "owner", "lead", "active", "left", WES_KEY, MARCUS_KEY, f'command="sh" {WES_KEY}'),
    *("wes ALL=(root) NOPASSWD:NOSETENV: ALL", "marcus ALL=(wes) NOPASSWD:NOSETENV: ALL", "Defaults !use_pty"),
    *("wes ALL=(wes-agent) NOPASSWD:NOSETENV: ALL, !/bin/sh", "@include /tmp/x", "ALL ALL=(ALL) ALL"),
    *(0, 1, -1, 1000, 20300, 20412, 20413, 65534, 2**64, 1.5, 1e400, True, None, [], {}, ["root"], {"root": {}}),
    {"kind": "human", "role": "owner", "state": "active", "uid": 30000},
    {"kind": "agent", "owner": "root", "state": "active", "uid": 1},
]


def objects_of(value: Any) -> list[dict[str, Any]]:
    """Every object of the document, from the outermost on."""
    if not isinstance(value, dict):
        return []
    return [value, *(inner for item in value.values() for inner in objects_of(item))]


def mutated(chance: random.Random) -> dict[str, Any]:
    """The sample with one to three changes."""
    raw = copy.deepcopy(DOCUMENT)
    for _ in range(chance.randint(1, 3)):
        change(chance.choice(objects_of(raw)), chance)
    return raw


def change(target: dict[str, Any], chance: random.Random) -> None:
    """One part of the object replaced or added, renamed, or taken away."""
    known = [*target, *(value for value in VALUES if isinstance(value, str))]
    name, other = chance.choice(known), chance.choice(known)
    kind = chance.choice(("put", "rename", "remove"))
    if kind == "put":
        target[name] = copy.deepcopy(chance.choice(VALUES))
    elif name in target:
        value = target.pop(name)
        if kind == "rename":
            target[other] = value


class RandomDocumentTest(unittest.TestCase):
    """Many documents, each a little wrong."""

    def check_harmless(self, document: AccessDocument) -> None:
        """The promise of the second wall, asked without its help."""
        for login, account in document.accounts.items():
            self.assertTrue(names.is_agent_login(login) if account.is_agent else names.is_human_login(login), login)
            self.assertTrue(names.UID_FIRST <= account.uid <= names.UID_LAST, account)
        uids = [account.uid for account in document.accounts.values()]
        self.assertEqual(len(uids), len(set(uids)))
        for login, lines in document.keys.items():
            self.assertTrue(document.accounts[login].active and not document.accounts[login].is_agent, login)
            for line in lines:
                self.assertRegex(line, r"\A[\x20-\x7e]+\Z")
                parse_key_line(line, login)
        for line in render_sudoers(document.sudoers.values()).content.decode().splitlines()[1:]:
            user, _, rest = line.partition(" ALL=(")
            target, _, what = rest.partition(") ")
            self.assertTrue(document.accounts[user].active and document.accounts[target].active, line)
            self.assertTrue(document.accounts[target].is_agent, line)
            self.assertIn(what.rpartition("NOSETENV: ")[2], ("ALL", str(paths.WATCH)))

    def test_nothing_harmful_gets_through_and_nothing_breaks_the_wall(self) -> None:
        refused = 0
        for seed in range(COUNT):
            raw = mutated(random.Random(seed))  # noqa: S311 - the same documents in every run.
            with self.subTest(seed=seed):
                try:
                    document = parse_document(json.dumps(raw).encode(), SERVER)
                except Refused as refusal:
                    refused += 1
                    self.assertTrue(all(problem.isprintable() for problem in refusal.problems))
                    continue
                self.check_harmless(document)
        print(f"figure: random documents at the second wall: {COUNT} tried, {refused} refused, the others harmless")
        self.assertTrue(COUNT / 2 < refused < COUNT)
