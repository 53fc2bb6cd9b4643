"""The agents' credentials for git hosts: there, closed to others, of the right generation, and no more than planned."""

import socket
from collections.abc import Mapping
from typing import Any

from team_host.apply_credentials import credentials_changes
from team_host.credentials_document import read_credentials
from team_host.finding import Finding
from team_host.host import Host


def audit_credentials(document: Mapping[str, Any], host: Host) -> list[Finding]:
    """One finding for each thing that applying would change. No token is known here, and nothing secret is shown."""
    server = socket.gethostname()
    wanted = read_credentials(document, server, {"generation", "user"})
    fix = f"Run pulumi up; if it has nothing to do, pulumi up --replace '**::{server}-credentials'."
    return [
        Finding("drift", "credentials", f"are not as planned; applying them says: {sentence}.", fix)
        for change in credentials_changes(wanted, host, server)
        for sentence in change.sentences
    ]
