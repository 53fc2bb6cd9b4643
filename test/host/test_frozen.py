"""Proves: while an agent is frozen the document takes from it everything and from nobody else anything."""

import json
import unittest

from team_host.agent_units import start_units
from team_host.closed_logins import close_logins
from team_host.errors import Refused
from team_host.freeze_request import agent_of_request
from team_host.frozen import hold_frozen, said_of_frozen
from team_host.sudoers_file import give_grants, withdraw_grants

from test.host.sample import host_in_force, parsed

SINCE = {"wes-agent": "2026-11-22T18:00:00Z"}


class HeldTest(unittest.TestCase):
    """The document while wes-agent is frozen."""

    def test_nobody_may_act_as_the_agent(self) -> None:
        held = hold_frozen(parsed(), SINCE)
        self.assertEqual((dict(held.grants), dict(held.sudoers)), ({}, {}))

    def test_people_keep_their_accounts_and_keys(self) -> None:
        held = hold_frozen(parsed(), SINCE)
        self.assertEqual(held.keys, parsed().keys)
        active = {login for login, account in held.accounts.items() if account.active}
        self.assertEqual(active, {"marcus", "wes"})

    def test_applying_it_closes_and_starts_nothing(self) -> None:
        held, host = hold_frozen(parsed(), SINCE), host_in_force(units={})
        self.assertEqual([one.sentences for one in close_logins(held, host)], [("closed account: wes-agent",)])
        self.assertEqual(len(withdraw_grants(held, host)), 1)
        self.assertEqual(start_units(held, host), [])
        self.assertEqual(len(start_units(parsed(), host)), 1)

    def test_without_a_mark_nothing_is_held(self) -> None:
        self.assertEqual(hold_frozen(parsed(), {}), parsed())
        self.assertEqual(give_grants(hold_frozen(parsed(), {}), host_in_force()), [])

    def test_only_agents_of_the_document_are_spoken_of(self) -> None:
        frozen = {**SINCE, "kim-agent": "2026-11-01T00:00:00Z"}
        self.assertEqual(
            said_of_frozen(parsed(), frozen), [f"frozen: wes-agent since {SINCE['wes-agent']} stays stopped"]
        )


class RequestTest(unittest.TestCase):
    """Whose agent."""

    def test_names_the_agent_of_a_person(self) -> None:
        self.assertEqual(agent_of_request(b'{"login": "wes"}'), "wes-agent")

    def test_refuses_everything_else(self) -> None:
        for raw in (
            {},
            {"login": 1},
            {"login": "wes-agent"},
            {"login": "root"},
            {"login": "../x"},
            {"login": "wes", "x": 1},
        ):
            with self.subTest(raw), self.assertRaises(Refused):
                agent_of_request(json.dumps(raw).encode())
