"""Proves: install writes below its own folder only."""

import importlib.machinery
import importlib.util
import unittest
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = "/usr/local/lib/team-runtime"
FILE = {"content": "x", "mode": "0644"}


def load_install() -> ModuleType:
    """host/bin/install is a program without ending, so that it can travel alone."""
    path = Path(__file__).parents[2] / "host/bin/install"
    loader = importlib.machinery.SourceFileLoader("install", str(path))
    spec = importlib.util.spec_from_loader("install", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    # Nothing may be left beside the program: install copies that folder.
    loader.exec_module(module)
    return module


def request(path: str, file: Any = None) -> dict[str, Any]:
    """A request that would be fine but for this file."""
    return {"files": {f"{ROOT}/bootstrap": FILE, path: file if file is not None else FILE}, "settings": {}}


class InstallTest(unittest.TestCase):
    """The request."""

    def setUp(self) -> None:
        self.problems_of = load_install().problems_of

    def test_accepts_files_below_its_folder(self) -> None:
        for path in ("watch", "team_host/names.py", "etc/systemd/system/agent-tmux@.service"):
            with self.subTest(path):
                self.assertEqual(self.problems_of(request(f"{ROOT}/{path}")), [])

    def test_refuses_every_other_path(self) -> None:
        for path in (
            "/etc/shadow",
            "/etc/sudoers.d/x",
            f"{ROOT}/../x",
            f"{ROOT}/a/../../x",
            f"{ROOT}/.hidden",
            f"{ROOT}//x",
            f"{ROOT}/",
            ROOT,
            f"{ROOT}x/y",
            f"{ROOT}/a\nb",
            f"{ROOT}/a\n",
            "watch",
            "",
        ):
            with self.subTest(path):
                self.assertEqual(len(self.problems_of(request(path))), 1)

    def test_refuses_other_files_and_requests(self) -> None:
        for file in (5, {}, {"content": "x"}, {"content": b"x".hex(), "mode": "4755"}, {"content": 1, "mode": "0644"}):
            with self.subTest(file):
                self.assertEqual(len(self.problems_of(request(f"{ROOT}/x", file))), 1)
        requests: list[Any] = [
            [],
            {},
            {"files": {}, "settings": {}},
            {"files": {f"{ROOT}/bootstrap": FILE}, "settings": []},
        ]
        for raw in requests:
            with self.subTest(raw):
                self.assertNotEqual(self.problems_of(raw), [])

    def test_tells_every_problem_at_once(self) -> None:
        raw = {"files": {f"{ROOT}/bootstrap": FILE, "/etc/shadow": FILE, f"{ROOT}/x": {}}, "settings": 1}
        self.assertEqual(len(self.problems_of(raw)), 3)
