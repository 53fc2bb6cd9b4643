"""The machine's own firewall: its rules as they should be, and loaded."""

from collections.abc import Sequence

from team_host import paths
from team_host.files import FileState, read_state
from team_host.finding import Finding
from team_host.firewall import is_loaded, render_firewall


def audit_firewall(ssh_from: Sequence[str]) -> list[Finding]:
    """The rules on the disk against those for these networks (CIDR), and the loaded ones against both."""
    state = read_state(paths.FIREWALL)
    if state is None:
        return [Finding("drift", str(paths.FIREWALL), "is missing, or is not a plain file.", "Run pulumi up.")]
    found = [] if is_loaded() else [_not_in_force()]
    if state != FileState(render_firewall(ssh_from).encode(), 0o644, 0, 0):
        sentence = "is not what team-runtime:sshFrom of the stack gives, or can be changed by others than root."
        fix = "Run pulumi up, or the installation again, which writes it."
        found.append(Finding("drift", str(paths.FIREWALL), sentence, fix))
    return found


def _not_in_force() -> Finding:
    fix = f"Look at journalctl -u team-runtime-upkeep, then run sudo {paths.LIBRARY / 'upkeep'} on the server."
    return Finding("drift", "firewall", "is not in force: what is loaded was changed or taken away.", fix)
