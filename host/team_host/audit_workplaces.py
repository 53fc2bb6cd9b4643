"""Workspaces and limits against what the team file asks for."""

import socket
from collections.abc import Mapping
from typing import Any

from team_host.apply_workplaces import workplace_differences
from team_host.finding import Finding
from team_host.workplace_document import read_workplaces


def audit_workplaces(document: Mapping[str, Any] | None) -> list[Finding]:
    """One finding for each line that apply-workplaces --check prints. Raises `Refused` for what is no document."""
    if document is None:
        return []
    server = socket.gethostname()
    fix = f"Run pulumi up; if it has nothing to do, pulumi up --replace '**::{server}-workplaces'."
    return [
        Finding("drift", "workplaces", f"are not as planned; applying them says: {sentence}.", fix)
        for sentence in workplace_differences(read_workplaces(document, server))
    ]
