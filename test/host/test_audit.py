"""Proves: the audit's request is checked, and its parts that read files of the system report what differs."""

import json
import unittest

from team_host.audit import parse_audit_request
from team_host.audit_access import findings_of_check
from team_host.audit_accounts import audit_accounts
from team_host.audit_processes import strays
from team_host.audit_sshd import conditions_in
from team_host.audit_tmux import origin_of_server, tmux_access
from team_host.audit_units import TEMPLATE, findings_of_unit
from team_host.errors import Refused
from team_host.files import FileState
from team_host.host import Host
from team_host.host_accounts import HostGroup
from team_host.paths import SSHD_CONFIG

from test.host.sample import DOCUMENT, ed25519, host_account, host_in_force, process

DEPLOY_KEY = ed25519(9)
NO_LOGIN = {"shell": "/usr/sbin/nologin"}
SOFTWARE = {"/usr/local/lib/team-runtime/watch": "a" * 64}
NOTHING = {"tools": None, "workplaces": None}
REQUEST = {
    "credentials": {"agents": {}, "server": "dev-wes", "version": 1},
    "deployKey": DEPLOY_KEY,
    "document": DOCUMENT,
    "software": SOFTWARE,
    "sshFrom": ["192.0.2.0/24"],
    **NOTHING,
}


class RequestTest(unittest.TestCase):
    """What the audit takes on standard input."""

    def test_knows_who_is_active(self) -> None:
        request = parse_audit_request(json.dumps(REQUEST).encode())
        self.assertEqual(request.active_logins, {"marcus", "wes", "wes-agent"})

    def test_refuses_what_it_does_not_know(self) -> None:
        changes: list[dict[str, object]] = [
            {"more": 1},
            {"software": {"/x": "short"}},
            {"deployKey": 1},
            {"document": []},
            {"sshFrom": "0.0.0.0/0"},
            {"sshFrom": ["0.0.0.0/0 accept"]},
        ]
        for changed in changes:
            with self.subTest(changed), self.assertRaises(Refused):
                parse_audit_request(json.dumps(REQUEST | changed).encode())


class AccessTest(unittest.TestCase):
    """What the applier's check says."""

    def test_nothing_for_a_machine_as_the_document_says(self) -> None:
        self.assertEqual(findings_of_check(0, "", ""), [])

    def test_differences_can_be_repaired_and_a_freeze_cannot(self) -> None:
        frozen, key = findings_of_check(1, "frozen: wes-agent since 1970 stays stopped\nremoved keys: eve\n", "")
        self.assertEqual((key.item, key.sentence[-18:]), ("access", "removed keys: eve."))
        self.assertEqual(frozen.item, "frozen")
        self.assertIn("thaw wes ", frozen.fix)

    def test_a_refusal_and_a_silent_failure_are_findings(self) -> None:
        [refused] = findings_of_check(2, "", "apply-access: the uid is taken\n")
        self.assertEqual(refused.sentence, "the uid is taken")
        self.assertEqual(len(findings_of_check(1, "", "")), 1)


def machine(**fields: object) -> Host:
    """The sample machine with the deploy key of the request."""
    base = host_in_force()
    deploy = FileState(f"{DEPLOY_KEY} deploy\n".encode(), 0o644, 0, 0)
    return host_in_force(**({"key_files": {**base.key_files, "deploy": deploy}} | fields))


class AccountsTest(unittest.TestCase):
    """Accounts, groups and the deploy user's keys."""

    def test_nothing_for_the_sample(self) -> None:
        self.assertEqual(audit_accounts(machine(), DEPLOY_KEY), [])

    def test_a_foreign_account_counts_only_with_a_login_shell(self) -> None:
        accounts = dict(machine().accounts)
        accounts["eve"] = host_account("eve", 1500, full_name="Eve")
        accounts["postgres"] = host_account("postgres", 120, full_name="", **NO_LOGIN)
        self.assertEqual([one.item for one in audit_accounts(machine(accounts=accounts), DEPLOY_KEY)], ["account eve"])

    def test_a_second_root_is_found_whatever_its_shell(self) -> None:
        accounts = {**machine().accounts, "toor": host_account("toor", 0, full_name="", **NO_LOGIN)}
        self.assertEqual([one.item for one in audit_accounts(machine(accounts=accounts), DEPLOY_KEY)], ["account toor"])

    def test_members_of_powerful_groups_are_found(self) -> None:
        groups = {**machine().groups, "docker": HostGroup("docker", 120, frozenset({"wes"}))}
        self.assertEqual([one.item for one in audit_accounts(machine(groups=groups), DEPLOY_KEY)], ["group docker"])

    def test_another_key_of_the_deploy_user_is_found_and_so_is_another_mode(self) -> None:
        for content, mode, kind in ((f"{ed25519(8)} eve\n", 0o644, "unmanaged"), ("", 0o666, "drift")):
            state = FileState(f"{DEPLOY_KEY} deploy\n{content}".encode(), mode, 0, 0)
            host = machine(key_files={**machine().key_files, "deploy": state})
            with self.subTest(kind):
                self.assertEqual([one.kind for one in audit_accounts(host, DEPLOY_KEY)], [kind])


class UnitTest(unittest.TestCase):
    """An agent's unit."""

    def test_ours_and_a_masked_one_are_fine(self) -> None:
        for source in (TEMPLATE, "/dev/null"):
            shown = f"FragmentPath={source}\nDropInPaths=\nNeedDaemonReload=no\n"
            self.assertEqual(findings_of_unit("agent-tmux@wes-agent.service", shown), [])

    def test_another_source_and_an_addition_are_not(self) -> None:
        shown = "FragmentPath=/run/systemd/system/x.service\nDropInPaths=/etc/systemd/system/x.d/a.conf\n"
        found = findings_of_unit("agent-tmux@wes-agent.service", shown)
        self.assertEqual([one.kind for one in found], ["drift", "unmanaged"])


class OtherTest(unittest.TestCase):
    """Small readers."""

    def test_a_tmux_server_may_let_in_its_agent_alone(self) -> None:
        self.assertEqual(tmux_access("wes-agent", "default", "root (W)\nwes-agent (W)\n"), [])
        [finding] = tmux_access("wes-agent", "default", "wes-agent (W)\nmarcus (W)\n")
        self.assertIn("marcus", finding.sentence)
        [finding] = tmux_access("wes-agent", "mine", "marcus (W)\n")
        self.assertIn("tmux -L 'mine' server-access -d", finding.fix)

    def test_a_tmux_server_belongs_to_its_unit(self) -> None:
        units = process(700, 1, "tmux: server", 20413, services=frozenset({"agent-tmux@wes-agent.service"}))
        self.assertEqual(origin_of_server("wes-agent", units), [])
        [finding] = origin_of_server("wes-agent", process(700, 1, "tmux: server", 20413))
        self.assertIn("pid 700", finding.sentence)

    def test_what_runs_as_an_agent_is_in_a_login_or_in_its_unit(self) -> None:
        unit = process(700, 1, "python3", 20413, services=frozenset({"agent-tmux@wes-agent.service"}))
        login = process(701, 1, "python3", 20413, user_slices=frozenset({20412}))
        job = [process(number, 1, "python3", 20413, services=frozenset({"atd.service"})) for number in (702, 703)]
        [finding] = strays([unit, login, *job, process(704, 1, "bash", 20412)], {20413: "wes-agent"})
        self.assertEqual(finding.item, "processes of wes-agent")
        self.assertRegex(finding.sentence, "atd.service.*pid 702.* and 1 more")

    def test_conditional_settings_of_sshd_are_found_and_comments_are_not(self) -> None:
        self.assertEqual(conditions_in(SSHD_CONFIG, "# Match user\nMatchless no\n"), [])
        self.assertEqual(len(conditions_in(SSHD_CONFIG, "  match User eve\n")), 1)
