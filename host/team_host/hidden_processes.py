"""Whether accounts see each other's processes: where several people share the server, they do not.

A lead and an owner then see no processor and memory use of an agent either, as its processes are not theirs. On
a person's own server that would cost more than it closes, so it stays open there.
"""

from team_host.change import Change
from team_host.commands import run
from team_host.document import AccessDocument
from team_host.host import Host

UNIT = "team-runtime-hidepid.service"


def hide_processes(document: AccessDocument, host: Host) -> list[Change]:
    """Hide them on a shared server, now and from the next start of the machine on."""
    if not document.is_shared or host.hides_processes:
        return []
    return [Change(("hid: the processes of each account from the others",), _hide)]


def _hide() -> None:
    run("systemctl", "enable", "--quiet", UNIT)
    # A unit that ran once counts as active, whatever was mounted over it since.
    run("systemctl", "restart", UNIT)
