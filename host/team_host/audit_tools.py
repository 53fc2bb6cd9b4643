"""The tools against what the team file asks for: what is missing, of another version, or too much."""

import platform
import socket
from collections.abc import Mapping
from typing import Any

from team_host.apply_tools import tool_differences
from team_host.finding import Finding
from team_host.report import Report
from team_host.tools_document import read_tools


def audit_tools(document: Mapping[str, Any] | None, report: Report) -> list[Finding]:
    """One finding for each line that apply-tools --check prints. Raises `Refused` for what is no document."""
    if document is None:
        return []
    server = socket.gethostname()
    wanted = read_tools(document, server, platform.machine())
    fix = f"Run pulumi up; if it has nothing to do, pulumi up --replace '**::{server}-tools'."
    return [
        Finding("drift", "tools", f"are not as planned; applying them says: {sentence}.", fix)
        for sentence in tool_differences(wanted, report)
    ]
