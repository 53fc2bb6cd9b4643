"""Proves: a reader of a file meets the old text or the new one, checked, and nothing is written through a link."""

import os
import stat
import tempfile
import unittest
from pathlib import Path

from team_host.errors import Failed
from team_host.files import FileState, write_file

OLD, NEW = b"old\n", b"new\n"


def state(content: bytes, mode: int = 0o640) -> FileState:
    """A file of whoever runs this test."""
    return FileState(content, mode, os.getuid(), os.getgid())


class WriteFileTest(unittest.TestCase):
    """Replacing one file."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = Path(folder.name) / "50-rules"
        write_file(self.file, state(OLD))

    def test_writes_content_and_mode(self) -> None:
        write_file(self.file, state(NEW, 0o440))
        self.assertEqual(self.file.read_bytes(), NEW)
        self.assertEqual(stat.S_IMODE(self.file.stat().st_mode), 0o440)

    def test_checks_before_anything_is_in_force(self) -> None:
        seen = []

        def refuse(temporary: Path) -> None:
            seen.append((temporary.read_bytes(), self.file.read_bytes()))
            raise Failed("sudo does not like it.")

        with self.assertRaises(Failed):
            write_file(self.file, state(NEW), refuse)
        self.assertEqual(seen, [(NEW, OLD)])
        self.assertEqual(self.file.read_bytes(), OLD)

    def test_leaves_nothing_behind_after_a_failure(self) -> None:
        with self.assertRaises(Failed):
            write_file(self.file, state(NEW), lambda _: (_ for _ in ()).throw(Failed("no")))
        self.assertEqual([path.name for path in self.file.parent.iterdir()], [self.file.name])

    def test_whoever_has_it_open_keeps_the_old_text_whole(self) -> None:
        with self.file.open("rb") as before:
            write_file(self.file, state(NEW))
            self.assertEqual(before.read(), OLD)

    def test_a_planted_link_is_replaced_and_not_followed(self) -> None:
        victim = self.file.with_name("victim")
        victim.write_bytes(b"precious")
        self.file.with_name(f".{self.file.name}.team-runtime-new").symlink_to(victim)
        write_file(self.file, state(NEW))
        self.assertEqual((victim.read_bytes(), self.file.read_bytes()), (b"precious", NEW))

    def test_a_folder_that_is_not_there_is_told_in_words(self) -> None:
        with self.assertRaisesRegex(Failed, "cannot write .*nowhere/x: no such file"):
            write_file(self.file.with_name("nowhere") / "x", state(NEW))
