"""Proves: one program at a time; who waits too long says for whom, and a holder that died holds nothing."""

import fcntl
import os
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from team_host import paths
from team_host.errors import Failed
from team_host.lock import exclusive


class LockTest(unittest.TestCase):
    """On a lock file of the test's own."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        run = Path(folder.name) / "run"
        for patch in (mock.patch.object(paths, "RUN", run), mock.patch.object(paths, "LOCK", run / "lock")):
            patch.start()
            self.addCleanup(patch.stop)

    def test_a_second_program_waits_and_then_names_the_first(self) -> None:
        with exclusive("bootstrap"), self.assertRaises(Failed) as caught, exclusive("apply-access", 0.2):
            self.fail("Both held the lock.")
        sentence = str(caught.exception)
        self.assertRegex(sentence, r"still runs here after 0\.2 s \(bootstrap, pid [0-9]+, since [0-9TZ:-]+\)")
        self.assertIn("Nothing was changed.", sentence)

    def test_the_lock_is_free_afterwards(self) -> None:
        with exclusive("bootstrap"):
            pass
        with exclusive("apply-access", 0):
            pass

    def test_a_holder_that_died_holds_nothing(self) -> None:
        with exclusive("bootstrap"):
            pass
        child = os.fork()
        if child == 0:
            fcntl.flock(os.open(paths.LOCK, os.O_RDWR), fcntl.LOCK_EX)
            os._exit(0)
        os.waitpid(child, 0)
        with exclusive("apply-access", 0):
            pass
