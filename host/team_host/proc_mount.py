"""How /proc is mounted."""

import re
from pathlib import Path

from team_host.mounts import mount_at, read_mount_lines

ENABLED = Path("/etc/systemd/system/sysinit.target.wants/team-runtime-hidepid.service")
# Linux 5.8 and later write the word, earlier ones the number (proc(5)).
_HIDDEN = re.compile(r"hidepid=(invisible|2)(,|$)")


def hides_processes() -> bool:
    """Whether accounts do not see each other's processes, and will not after the next start either."""
    return ENABLED.is_symlink() and is_hidden(read_mount_lines())


def is_hidden(mounts: str) -> bool:
    """Whether the /proc of these lines of mountinfo hides them."""
    proc = mount_at("/proc", mounts)
    return proc is not None and _HIDDEN.search(proc.options) is not None
