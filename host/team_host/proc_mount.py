"""How /proc is mounted."""

import re
from pathlib import Path

ENABLED = Path("/etc/systemd/system/sysinit.target.wants/team-runtime-hidepid.service")
MOUNTS = Path("/proc/self/mountinfo")
# Linux 5.8 and later write the word, earlier ones the number (proc(5)).
_HIDDEN = re.compile(r"hidepid=(invisible|2)(,|$)")


def hides_processes() -> bool:
    """Whether accounts do not see each other's processes, and will not after the next start either."""
    return ENABLED.is_symlink() and is_hidden(MOUNTS.read_text(errors="replace"))


def is_hidden(mounts: str) -> bool:
    """Whether the /proc of these lines (proc(5), mountinfo) hides them; of several over each other, the last counts."""
    options = [line.split()[-1] for line in mounts.splitlines() if line.split()[4:5] == ["/proc"]]
    return bool(options) and _HIDDEN.search(options[-1]) is not None
