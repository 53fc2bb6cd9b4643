"""The audit: everything on this machine that is not as the plan says. Reads only.

The applier's own check says what the access document alone can say. The other parts look at what the applier
never touches: sshd and sudo as a whole, the host software, other accounts, and what a person may leave behind.
"""

import dataclasses
import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from team_host.audit_access import audit_access
from team_host.audit_accounts import audit_accounts
from team_host.audit_credentials import audit_credentials
from team_host.audit_files import audit_files
from team_host.audit_firewall import audit_firewall
from team_host.audit_leftovers import audit_leftovers
from team_host.audit_processes import audit_processes
from team_host.audit_software import audit_software
from team_host.audit_sshd import audit_sshd
from team_host.audit_sudoers import audit_sudoers
from team_host.audit_tmux import audit_tmux
from team_host.audit_tools import audit_tools
from team_host.audit_units import audit_standing_units, audit_units
from team_host.audit_workplaces import audit_workplaces
from team_host.document_json import exact_keys, mapping, parse_json
from team_host.errors import Failed, Refused, in_words
from team_host.finding import Finding
from team_host.host import Host, observe
from team_host.program import read_standard_input
from team_host.report import Report
from team_host.settings import is_network

_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True)
class AuditRequest:
    """What this machine should be.

    `document` is the access document, still unchecked: the applier is asked about it. `deploy_key` is the only
    key of the deploy user (`TYPE BASE64`). `software` maps the path of each file of the host software to its
    SHA-256 in hexadecimal. `ssh_from` are the networks (CIDR) that may reach sshd. `tools` and `workplaces` are
    those documents, unchecked too; None where nothing is installed or limited any more. `credentials` is that one,
    without its tokens.
    """

    document: Mapping[str, Any]
    credentials: Mapping[str, Any]
    deploy_key: str
    software: Mapping[str, str]
    ssh_from: tuple[str, ...]
    tools: Mapping[str, Any] | None
    workplaces: Mapping[str, Any] | None

    @property
    def active_logins(self) -> frozenset[str]:
        """Who has an account in the document that is not closed."""
        accounts = self.document.get("accounts")
        found = accounts.items() if isinstance(accounts, dict) else ()
        return frozenset(
            login for login, fields in found if isinstance(fields, dict) and fields.get("state") == "active"
        )


def parse_audit_request(data: bytes) -> AuditRequest:
    """Read the input. Raises `Refused` with every problem."""
    raw = parse_json(data)
    keys = {"credentials", "deployKey", "document", "software", "sshFrom", "tools", "workplaces"}
    problems = exact_keys(raw, keys, "the input")
    document, software = mapping(raw, "document", problems), mapping(raw, "software", problems)
    credentials = mapping(raw, "credentials", problems)
    deploy_key = raw.get("deployKey", "")
    if not isinstance(deploy_key, str):
        problems.append("deployKey: expected text")
    if not all(isinstance(hash_, str) and _SHA256.fullmatch(hash_) for hash_ in software.values()):
        problems.append("software: expected a SHA-256 for each path")
    ssh_from = raw.get("sshFrom", [])
    if not isinstance(ssh_from, list) or not all(is_network(item) for item in ssh_from):
        problems.append("sshFrom: expected a list of networks (CIDR)")
    tools, workplaces = (
        mapping(raw, name, problems) if raw.get(name) is not None else None for name in ("tools", "workplaces")
    )
    if problems:
        raise Refused(problems)
    return AuditRequest(document, credentials, deploy_key, software, tuple(ssh_from), tools, workplaces)


def audit(report: Report) -> int:
    """Print the clock and every finding as one line of JSON. Standard input: the request."""
    request = parse_audit_request(read_standard_input())
    host = observe()
    parts: list[tuple[str, Callable[[], list[Finding]]]] = [
        ("access document", lambda: audit_access(request.document)),
        ("accounts", lambda: audit_accounts(host, request.deploy_key)),
        ("sudo", audit_sudoers),
        ("sshd", lambda: audit_sshd(_logins(host))),
        ("firewall", lambda: audit_firewall(request.ssh_from)),
        ("units", audit_standing_units),
        ("agents' units", lambda: audit_units(host, request.active_logins)),
        ("host software", lambda: audit_software(request.software)),
        ("leftovers", lambda: audit_leftovers(host, request.active_logins)),
        ("tmux servers", lambda: audit_tmux(host, request.active_logins)),
        ("processes", lambda: audit_processes(host, request.active_logins)),
        ("files", lambda: audit_files(host)),
        ("credentials", lambda: audit_credentials(request.credentials, host)),
        ("tools", lambda: audit_tools(request.tools, report)),
        ("workplaces", lambda: audit_workplaces(request.workplaces)),
    ]
    findings = [finding for name, part in parts for finding in _findings(name, part)]
    answer = {"clock": time.time(), "findings": [dataclasses.asdict(finding) for finding in findings]}
    report.answer(json.dumps(answer))
    return 0


def _findings(name: str, part: Callable[[], list[Finding]]) -> list[Finding]:
    """What one part finds; a part that fails is a finding itself and does not hide the others."""
    try:
        return part()
    except Refused as refusal:
        reason = " ".join(refusal.problems)
    except (Failed, OSError) as failure:
        reason = in_words(failure)
    return [Finding("drift", name, f"could not be checked: {reason}", "Remove the cause and run the audit again.")]


def _logins(host: Host) -> list[str]:
    return sorted(account.login for account in host.accounts.values() if host.manages(account))
