"""mosh: Debian's package, started by a program of ours, and the ports that its sessions take."""

from functools import partial

from team_host import paths
from team_host.change import Change
from team_host.errors import Failed
from team_host.packages import installed_version
from team_host.tool_programs import switch

TOOL = PACKAGE = "mosh"
# As host/bin/mosh-server has them; the provider's firewall lets in the same (config/terminals.ts).
OPENING = "udp dport 60000-60099 accept"
COMMAND = paths.PROGRAMS / "mosh-server"
GUARDED = paths.LIBRARY / "mosh-server"


def start_changes() -> list[Change]:
    """What is still to do before its ports may be opened."""
    if installed_version(PACKAGE) is None or is_in_place():
        return []
    if COMMAND.exists() or COMMAND.is_symlink():
        raise Failed(f"{COMMAND} is there and was not made by team-runtime. Remove it, or do without mosh.")
    return [Change((f"switched: {COMMAND} to {GUARDED}",), partial(switch, COMMAND, GUARDED))]


def is_in_place() -> bool:
    """Whether `mosh-server` means ours."""
    return COMMAND.is_symlink() and COMMAND.readlink() == GUARDED
