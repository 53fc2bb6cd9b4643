"""Proves: access is taken before any is given, a failure holds nothing up, and only what is done is noted as done."""

import unittest
from collections.abc import Callable
from unittest.mock import patch

from team_host import apply_access
from team_host.change import Change, Phase
from team_host.errors import Failed
from team_host.record import Record
from team_host.report import Report

from test.host.sample import host_in_force, parsed, raw_document

Step = Callable[[], object]


def fails() -> None:
    """A step that cannot be done."""
    raise Failed("The disk is full.")


def phase(perform: Step) -> Phase:
    """One change, whatever the machine is like."""
    return lambda _document, _host: [Change((), perform)]


class ApplyOrderTest(unittest.TestCase):
    """A run of the applier on phases that only say that they were there."""

    def run_of(self, taking: list[Step], giving: list[Step]) -> list[str]:
        """What happened; the last entry is `failed` when the run did."""
        said: list[str] = []
        self.said = said

        def note(_record: Record) -> None:
            said.append("noted as applied")

        with (
            patch.object(apply_access, "TAKING", tuple(phase(step) for step in taking)),
            patch.object(apply_access, "GIVING", tuple(phase(step) for step in giving)),
            patch.object(apply_access, "observe", lambda: host_in_force(record=Record())),
            patch.object(apply_access, "frozen_agents", dict),
            patch.object(apply_access, "write_record", note),
        ):
            try:
                apply_access._apply(parsed(), raw_document(), Report())
            except Failed:
                said.append("failed")
        return said

    def says(self, word: str) -> Step:
        """A step that leaves this word."""
        return lambda: self.said.append(word)

    def test_takes_then_gives_then_notes(self) -> None:
        done = self.run_of([self.says("rule taken"), self.says("key taken")], [self.says("given")])
        self.assertEqual(done, ["rule taken", "key taken", "given", "noted as applied"])

    def test_goes_on_taking_after_a_failure_and_gives_nothing(self) -> None:
        done = self.run_of([fails, self.says("key taken")], [self.says("given")])
        self.assertEqual(done, ["key taken", "failed"])

    def test_stops_giving_at_a_failure(self) -> None:
        done = self.run_of([self.says("taken")], [fails, self.says("given")])
        self.assertEqual(done, ["taken", "failed"])
