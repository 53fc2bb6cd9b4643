"""Proves: of everything that sudo reads, exactly what neither we nor the distribution wrote is reported.

The fixtures are what cvtsudoers printed on a Debian 12 machine after an update, and with a file of somebody's.
"""

import copy
import json
import unittest
from pathlib import Path
from typing import Any

from team_host.audit_sudoers import findings_of_policy

FIXTURES = Path(__file__).parent / "fixtures"
CLOUD, EVE = Path("/etc/sudoers.d/90-cloud-init-users"), Path("/etc/sudoers.d/eve")


def policy(name: str) -> dict[str, Any]:
    """What cvtsudoers printed."""
    found: dict[str, Any] = json.loads((FIXTURES / f"{name}.cvtsudoers.json").read_text())
    return found


def reported(whole: dict[str, Any], **others: dict[str, Any]) -> list[tuple[str, str]]:
    """Where and what, for this policy."""
    files = {CLOUD: policy("cloud-init")} | {Path(f"/etc/sudoers.d/{name}"): one for name, one in others.items()}
    found = findings_of_policy(whole, [policy("own-grants"), policy("own-settings")], files)
    return [(finding.item, finding.sentence) for finding in found]


class PolicyTest(unittest.TestCase):
    """The policy as a whole."""

    def test_says_nothing_of_a_server_as_it_should_be(self) -> None:
        self.assertEqual(reported(policy("whole-policy")), [])

    def test_names_the_file_the_person_and_the_right(self) -> None:
        found = reported(policy("whole-policy-with-unmanaged"), eve=policy("unmanaged"))
        self.assertEqual(
            found,
            [
                (str(EVE), "lets eve run ALL as ALL without a password."),
                (str(EVE), 'changes how sudo works: \'{"Options": [{"use_pty": false}]}\'.'),
            ],
        )

    def test_a_copy_of_one_of_our_rules_elsewhere_is_found(self) -> None:
        whole = policy("whole-policy")
        whole["User_Specs"].append(policy("own-grants")["User_Specs"][0])
        self.assertEqual(reported(whole), [("/etc/sudoers", "lets marcus run ALL as wes-agent without a password.")])

    def test_the_deploy_user_may_not_be_joined_by_others_in_its_file(self) -> None:
        whole = policy("whole-policy")
        rule = copy.deepcopy(policy("cloud-init")["User_Specs"][0])
        rule["User_List"] = [{"username": "debian"}]
        whole["User_Specs"].append(rule)
        self.assertEqual(len(reported(whole)), 1)

    def test_a_group_is_told_from_a_person(self) -> None:
        whole = policy("whole-policy")
        rule = copy.deepcopy(policy("unmanaged")["User_Specs"][0])
        rule["User_List"] = [{"usergroup": "users"}]
        whole["User_Specs"].append(rule)
        self.assertEqual(reported(whole), [("/etc/sudoers", "lets %users run ALL as ALL without a password.")])

    def test_a_setting_of_the_distribution_may_not_be_turned_off(self) -> None:
        whole = policy("whole-policy")
        whole["Defaults"].append({"Options": [{"env_reset": False}]})
        self.assertEqual(len(reported(whole)), 1)
