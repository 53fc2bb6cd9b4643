"""Proves: on a server of several people processes are hidden, and who leads there is recorded, whoever it is."""

import json
import unittest
from typing import Any

from team_host import paths
from team_host.account_rules import wanted_groups
from team_host.document import AccessDocument, parse_document
from team_host.hidden_processes import hide_processes
from team_host.host import Host
from team_host.proc_mount import is_hidden

from test.host.sample import ALL, ed25519, parsed, raw_document

PROC = "22 1 0:20 / /proc rw,nosuid,nodev,noexec,relatime shared:14 - proc proc rw"


def shared_document() -> AccessDocument:
    """Wes and Nadia on dev-shared; Nadia leads Wes, and so does Marcus, who comes from elsewhere."""
    raw: dict[str, Any] = raw_document()
    raw["server"] = "dev-shared"
    raw["accounts"]["nadia"] = {"kind": "human", "role": "owner", "state": "active", "uid": 20310}
    raw["accounts"]["nadia-agent"] = {"kind": "agent", "owner": "nadia", "state": "active", "uid": 20311}
    raw["keys"]["nadia"] = {"laptop": f"{ed25519(3)} nadia"}
    raw["sudoers"] |= {
        "nadia as nadia-agent": f"nadia ALL=(nadia-agent) {ALL}",
        "nadia as wes-agent": f"nadia ALL=(wes-agent) {ALL}",
        "nadia-agent as nadia-agent": f"nadia-agent ALL=(nadia-agent) {ALL}",
    }
    return parse_document(json.dumps(raw).encode(), "dev-shared")


class SharedServerTest(unittest.TestCase):
    """Documents of several people."""

    def test_only_a_server_that_is_nobodys_own_is_shared(self) -> None:
        self.assertTrue(shared_document().is_shared)
        self.assertFalse(parsed().is_shared)

    def test_processes_are_hidden_there_and_nowhere_else(self) -> None:
        self.assertEqual(len(hide_processes(shared_document(), Host())), 1)
        self.assertEqual(hide_processes(shared_document(), Host(hides_processes=True)), [])
        self.assertEqual(hide_processes(parsed(), Host()), [])

    def test_whoever_leads_is_recorded_also_one_who_works_there(self) -> None:
        accounts = shared_document().accounts
        self.assertIn(paths.LEAD_GROUP, wanted_groups(accounts["nadia"]))
        self.assertIn(paths.LEAD_GROUP, wanted_groups(accounts["marcus"]))
        self.assertNotIn(paths.LEAD_GROUP, wanted_groups(accounts["wes"]))
        self.assertEqual(wanted_groups(accounts["wes-agent"]), {paths.AGENT_GROUP})

    def test_the_mount_table_is_read_as_every_kernel_writes_it(self) -> None:
        for options in (",hidepid=invisible", ",gid=5,hidepid=2", ",hidepid=2,gid=0"):
            self.assertTrue(is_hidden(PROC + options), options)
        elsewhere = PROC.replace(" /proc ", " /srv/proc ") + ",hidepid=invisible"
        for table in ("", PROC, PROC + ",hidepid=noaccess", PROC + ",hidepid=1", elsewhere):
            self.assertFalse(is_hidden(table), table)
        self.assertFalse(is_hidden(f"{PROC},hidepid=invisible\n{PROC}"), "the upper one counts")
        self.assertTrue(is_hidden(f"{PROC}\n{PROC},hidepid=invisible"))
