"""Proves: what differs is what is changed, and a machine that is as the document says is left alone."""

import dataclasses
import unittest
from pathlib import Path
from typing import Any

from team_host import paths
from team_host.account_rules import obstacles
from team_host.agent_unit import UnitState
from team_host.apply_access import GIVING, TAKING
from team_host.document import AccessDocument
from team_host.ended_commands import allowed_pairs
from team_host.files import FileState
from team_host.host import FolderState, Host
from team_host.host_accounts import HostAccount, HostGroup
from team_host.key_files import render_keys
from team_host.record import Record
from team_host.removal import accounts_kept
from team_host.sudoers_file import render_sudoers, rules_in

from test.host.sample import (
    ALL,
    MARCUS_KEY,
    SERVER,
    WATCH,
    WES_KEY,
    host_account,
    host_in_force,
    parsed,
    process,
    raw_document,
    without_marcus,
)

GOLDEN = Path(__file__).parent / "golden"


def sentences(document: AccessDocument, host: Host) -> list[str]:
    """What `--check` would print."""
    return [line for phase in TAKING + GIVING for change in phase(document, host) for line in change.sentences]


def file(text: str, mode: int = 0o440, uid: int = 0) -> FileState:
    """A file of root's group."""
    return FileState(text.encode(), mode, uid, 0)


def with_account(account: HostAccount, **fields: object) -> Host:
    """The machine in force, with one account more or different."""
    host = host_in_force()
    return dataclasses.replace(host, accounts={**host.accounts, account.login: account}, **fields)  # type: ignore[arg-type]


class InForceTest(unittest.TestCase):
    """The second run."""

    def test_changes_nothing(self) -> None:
        document, host = parsed(), host_in_force()
        self.assertEqual([change for phase in TAKING + GIVING for change in phase(document, host)], [])
        self.assertEqual(obstacles(document, host), [])

    def test_the_sudoers_file_is_the_golden_one(self) -> None:
        state = render_sudoers(parsed().sudoers.values())
        self.assertEqual(state.content.decode(), (GOLDEN / "dev-wes.sudoers").read_text())
        self.assertEqual((state.mode, state.uid, state.gid), (0o440, 0, 0))

    def test_the_key_file_is_the_golden_one(self) -> None:
        state = render_keys(parsed().keys["marcus"])
        self.assertEqual(state.content.decode(), (GOLDEN / "marcus.authorized_keys").read_text())
        self.assertEqual((state.mode, state.uid), (0o644, 0))


class NewMachineTest(unittest.TestCase):
    """The first run."""

    def test_makes_everything_and_grants_last(self) -> None:
        groups = {name: HostGroup(name, 900, frozenset()) for name in paths.GROUPS}
        self.assertEqual(
            sentences(parsed(), Host(groups=groups)),
            [
                "made account: marcus (uid 20300)",
                "made account: wes (uid 20412)",
                "made account: wes-agent (uid 20413)",
                "made home: /home/marcus",
                "made home: /home/wes",
                "made home: /home/wes-agent",
                f"added key: marcus: {MARCUS_KEY.partition(' ')[2]}",
                f"added key: wes: {WES_KEY}",
                "started: the tmux server of wes-agent",
                "added grant: marcus as wes-agent",
                "added grant: wes as wes-agent",
                "added grant: wes-agent as wes-agent",
            ],
        )


class RevocationTest(unittest.TestCase):
    """A grant that goes, with the account that was there for it."""

    def test_takes_everything_of_the_lead_and_nothing_else(self) -> None:
        running = process(600, 1, "bash", 20300)
        self.assertEqual(
            sentences(parsed(without_marcus()), host_in_force(processes=(running,))),
            [
                "removed grant: marcus as wes-agent",
                "removed keys: marcus",
                "closed account: marcus",
                "ended: everything of marcus (1 processes)",
                "removed account: marcus (uid 20300)",
            ],
        )

    def test_takes_setuid_from_agents_files_alone(self) -> None:
        found = [(20413, "/tmp/agents"), (20412, "/tmp/wes"), (0, "/tmp/roots")]
        self.assertEqual(
            sentences(parsed(), host_in_force(find_setuid=lambda: found)),
            ["took setuid from: '/tmp/agents' (of wes-agent)"],
        )

    def test_a_narrowed_grant_is_a_change_and_ends_what_was_open(self) -> None:
        raw = raw_document()
        raw["sudoers"]["marcus as wes-agent"] = f"marcus ALL=(wes-agent) {WATCH}"
        document, host = parsed(raw), host_in_force()
        self.assertEqual(sentences(document, host), [f"changed grant: marcus ALL=(wes-agent) {WATCH}"])
        self.assertNotIn(("marcus", "wes-agent"), allowed_pairs(document, host))
        again = dataclasses.replace(host, record=Record(host.record.uids, raw))
        self.assertIn(("marcus", "wes-agent"), allowed_pairs(document, again))

    def test_a_key_with_other_options_is_a_change(self) -> None:
        raw = raw_document()
        raw["keys"]["marcus"]["hop key of dev-marcus"] = MARCUS_KEY.replace(" ", ',expiry-time="20261231235959Z" ', 1)
        self.assertEqual(
            sentences(parsed(raw), host_in_force()), [f"changed key: marcus: {MARCUS_KEY.partition(' ')[2]}"]
        )

    def test_an_end_that_has_passed_ends_what_is_open(self) -> None:
        raw = raw_document()
        raw["sudoers"]["marcus as wes-agent"] = f"marcus ALL=(wes-agent) NOTAFTER=20261231235959Z {ALL}"
        document = parsed(raw)
        self.assertIn(("marcus", "wes-agent"), allowed_pairs(document, host_in_force(now="20261231235959Z")))
        self.assertNotIn(("marcus", "wes-agent"), allowed_pairs(document, host_in_force(now="20270101000000Z")))

    def test_a_leaver_keeps_the_account_and_loses_the_rest(self) -> None:
        raw = raw_document()
        for login in ("wes", "wes-agent"):
            raw["accounts"][login]["state"] = "left"
        del raw["accounts"]["marcus"]
        raw["keys"], raw["sudoers"] = {}, {}
        scheduled = {"wes": ("/var/spool/cron/crontabs/wes",)}
        said = sentences(parsed(raw), host_in_force(scheduled=scheduled))
        self.assertIn("closed account: wes", said)
        self.assertIn("closed account: wes-agent", said)
        self.assertIn("stopped: the tmux server of wes-agent", said)
        self.assertIn("removed keys: wes", said)
        self.assertTrue(any(line.startswith("removed scheduled work of wes: ") for line in said))
        self.assertEqual(
            [line for line in said if line.startswith("removed account")], ["removed account: marcus (uid 20300)"]
        )


class DriftTest(unittest.TestCase):
    """Changes by hand, put right."""

    def test_a_rule_that_was_added(self) -> None:
        text = render_sudoers(parsed().sudoers.values()).content.decode()
        for rule in ("wes ALL=(ALL) ALL", "#includedir /tmp", "#0 ALL=(ALL) ALL", "Defaults !use_pty"):
            with self.subTest(rule):
                said = sentences(parsed(), host_in_force(sudoers=file(f"{text}{rule}\n")))
                self.assertEqual(said[0], f"removed from {paths.SUDOERS}: '{rule}'")

    def test_a_rule_that_was_taken(self) -> None:
        rules = [rule for label, rule in parsed().sudoers.items() if not label.startswith("marcus")]
        said = sentences(parsed(), host_in_force(sudoers=render_sudoers(rules)))
        self.assertEqual(said, ["added grant: marcus as wes-agent"])

    def test_the_sudoers_file(self) -> None:
        good = render_sudoers(parsed().sudoers.values())
        for changed in (
            dataclasses.replace(good, mode=0o666),
            dataclasses.replace(good, uid=20412),
            dataclasses.replace(good, content=good.content + b"# hello\n"),
        ):
            with self.subTest(changed):
                self.assertEqual(sentences(parsed(), host_in_force(sudoers=changed)), [f"restored: {paths.SUDOERS}"])

    def test_a_sudoers_file_that_is_gone(self) -> None:
        self.assertEqual(len(sentences(parsed(), host_in_force(sudoers=None))), 3)

    def test_keys(self) -> None:
        host = host_in_force()
        planted = FileState(host.key_files["wes"].content + b"ssh-ed25519 AAAA evil\n", 0o644, 0, 0)  # type: ignore[union-attr]
        cases: dict[str, dict[str, FileState | None]] = {
            "removed key: wes: 'ssh-ed25519 AAAA evil'": {"wes": planted},
            "removed keys: wes-agent": {"wes-agent": file("x", 0o644)},
            "removed keys: root": {"root": None},
            "restored: /etc/ssh/authorized_keys/wes": {
                "wes": dataclasses.replace(planted, content=render_keys(parsed().keys["wes"]).content, mode=0o666)
            },
        }
        for sentence, files in cases.items():
            with self.subTest(sentence):
                said = sentences(parsed(), host_in_force(key_files={**host.key_files, **files}))
                self.assertEqual(said[0], sentence)

    def test_the_deploy_users_key_is_nobodys_business_here(self) -> None:
        host = host_in_force()
        other = {**host.key_files, "deploy": file("another\n", 0o600)}
        self.assertEqual(sentences(parsed(), host_in_force(key_files=other)), [])

    def test_accounts(self) -> None:
        cases: dict[str, dict[str, Any]] = {
            "set account: wes (was in docker)": {"groups": frozenset({"team-login", "docker"})},
            "set account: wes (was not in team-login)": {"groups": frozenset()},
            "set account: wes (had a password)": {"locked": False},
            "set account: wes (was closed)": {"expired": True},
            "set account: wes (had the shell /usr/sbin/nologin)": {"shell": "/usr/sbin/nologin"},
            "set account: wes (had another full name)": {"full_name": ""},
        }
        for sentence, fields in cases.items():
            with self.subTest(sentence):
                self.assertEqual(sentences(parsed(), with_account(host_account("wes", 20412, **fields))), [sentence])

    def test_homes(self) -> None:
        host = host_in_force()
        for state in (FolderState(True, 0o755, 20412, 20412), FolderState(True, 0o700, 0, 20412)):
            with self.subTest(state):
                said = sentences(parsed(), host_in_force(homes={**host.homes, "wes": state}))
                self.assertEqual(len(said), 1)
                self.assertTrue(said[0].startswith("set home: /home/wes (was "))

    def test_units(self) -> None:
        for state in (UnitState(True, False), UnitState(False, True)):
            with self.subTest(state):
                said = sentences(parsed(), host_in_force(units={"wes-agent": state}))
                self.assertEqual(said, ["started: the tmux server of wes-agent"])
        said = sentences(
            parsed(), host_in_force(units={"kim-agent": UnitState(True, True), "wes-agent": UnitState(True, True)})
        )
        self.assertEqual(said, ["stopped: the tmux server of kim-agent"])

    def test_somebody_in_the_login_group(self) -> None:
        host = host_in_force()
        login = host.groups[paths.LOGIN_GROUP]
        groups = {**host.groups, paths.LOGIN_GROUP: dataclasses.replace(login, members=login.members | {"debian"})}
        said = sentences(parsed(), host_in_force(groups=groups))
        self.assertEqual(said, ["removed from group team-login: debian"])


class ObstacleTest(unittest.TestCase):
    """What is somebody else's stays theirs, and is refused with a remedy."""

    def refused(self, host: Host, *words: str) -> None:
        problems = obstacles(parsed(), host)
        self.assertEqual(len(problems), 1, problems)
        for word in words:
            self.assertIn(word, problems[0])

    def test_an_unmanaged_account(self) -> None:
        stranger = host_account("wes", 20412, full_name="Wes")
        self.refused(with_account(stranger, record=Record()), "was not made by team-runtime", "userdel wes")

    def test_a_lost_record_is_no_obstacle(self) -> None:
        self.assertEqual(obstacles(parsed(), host_in_force(record=Record())), [])

    def test_another_uid(self) -> None:
        problems = obstacles(parsed(), with_account(host_account("wes", 20999)))
        self.assertIn("wes has uid 20999 on this server, and the document says 20412", problems[0])

    def test_a_uid_that_is_taken(self) -> None:
        host = host_in_force()
        accounts = {login: one for login, one in host.accounts.items() if login != "marcus"}
        accounts["kim"] = host_account("kim", 20300, full_name="Kim", gid=900)
        self.refused(host_in_force(accounts=accounts), "uid 20300 of marcus belongs to the account kim")

    def test_a_uid_that_was_somebody_elses(self) -> None:
        record = Record({20300: "kim", 20412: "wes", 20413: "wes-agent"}, {})
        host = host_in_force()
        accounts = {login: one for login, one in host.accounts.items() if login != "marcus"}
        self.refused(host_in_force(record=record, accounts=accounts), "belonged to kim", "never used again")

    def test_a_group_in_the_way(self) -> None:
        host = host_in_force()
        named = {**host.groups, "wes": HostGroup("wes", 1234, frozenset())}
        self.refused(host_in_force(groups=named), "the group wes has gid 1234")
        numbered = {name: group for name, group in host.groups.items() if name != "wes"}
        numbered["builders"] = HostGroup("builders", 20412, frozenset())
        self.refused(host_in_force(groups=numbered), "gid 20412 of wes belongs to the group builders")

    def test_a_home_of_somebody_else(self) -> None:
        host = host_in_force()
        accounts = {login: one for login, one in host.accounts.items() if login != "marcus"}
        homes = {**host.homes, "marcus": FolderState(True, 0o700, 1000, 1000)}
        self.refused(host_in_force(accounts=accounts, homes=homes), "/home/marcus is there already")


class RemovalTest(unittest.TestCase):
    """Deleting needs both proofs; closing needs one."""

    def test_an_account_without_record_is_closed_and_kept(self) -> None:
        document, host = parsed(without_marcus()), host_in_force(record=Record())
        said = sentences(document, host)
        self.assertIn("closed account: marcus", said)
        self.assertNotIn("removed account: marcus (uid 20300)", said)
        self.assertIn("marcus (uid 20300)", accounts_kept(document, host)[0])

    def test_an_account_without_marker_is_closed_and_kept(self) -> None:
        document = parsed(without_marcus())
        host = with_account(host_account("marcus", 20300, full_name="changed by hand"))
        self.assertNotIn("removed account: marcus (uid 20300)", sentences(document, host))
        self.assertEqual(len(accounts_kept(document, host)), 1)

    def test_accounts_of_others_are_never_touched(self) -> None:
        others = (
            host_account("deploy", 1000, full_name="team-runtime human"),
            host_account("kim", 20500, full_name="Kim"),
            host_account("backup-agent", 34, full_name="team-runtime human"),
        )
        for stranger in others:
            with self.subTest(stranger.login):
                self.assertEqual(sentences(parsed(), with_account(stranger)), [])

    def test_a_home_half_removed_is_removed(self) -> None:
        host = host_in_force()
        homes = {**host.homes, ".kim.team-runtime-removed": FolderState(True, 0o700, 0, 0)}
        said = sentences(parsed(), host_in_force(homes=homes))
        self.assertEqual(said, ["removed: /home/.kim.team-runtime-removed"])


class RulesInTest(unittest.TestCase):
    """Reading a sudoers file that somebody may have edited."""

    def test_only_real_comments_are_comments(self) -> None:
        text = "# a comment\n\n#includedir /tmp\n#1000 ALL=(ALL) ALL\nwes ALL=(ALL) ALL\n"
        self.assertEqual(rules_in(file(text)), ["#includedir /tmp", "#1000 ALL=(ALL) ALL", "wes ALL=(ALL) ALL"])

    def test_the_server_of_the_sample(self) -> None:
        self.assertEqual(parsed().server, SERVER)
