"""How ssh finds an agent's key for a git host, and by what it knows that host."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from team_host import paths
from team_host.agent_credentials import key_file
from team_host.change import Change
from team_host.credentials_document import Credentials
from team_host.files import FileState, read_state, write_file

HEADER = "# Managed by team-runtime: git hosts of the agents. Edit the team file, not this file.\n"


def render_git_ssh_config(everybody: Iterable[Credentials]) -> str:
    """One block for each agent and host: its own key, and a host that is known beforehand."""
    blocks = [
        f"\nMatch localuser {wanted.agent} originalhost {host}\n"
        f"    IdentityFile {key_file(wanted.agent, host)}\n"
        "    IdentitiesOnly yes\n"
        "    IdentityAgent none\n"
        # Whatever the port is, the host is known by its name.
        f"    HostKeyAlias {host}\n"
        f"    UserKnownHostsFile {paths.GIT_KNOWN_HOSTS}\n"
        "    GlobalKnownHostsFile /dev/null\n"
        "    StrictHostKeyChecking yes\n"
        "    UpdateHostKeys no\n"
        "    BatchMode yes\n"
        "    ForwardAgent no\n"
        for wanted in everybody
        for host in wanted.keys
    ]
    return HEADER + "".join(blocks) if blocks else ""


def render_git_known_hosts(everybody: Iterable[Credentials]) -> str:
    """Each key of each host once."""
    lines = {f"{host} {line}\n" for wanted in everybody for host, key in wanted.keys.items() for line in key.host_keys}
    return HEADER + "".join(sorted(lines)) if lines else ""


def git_ssh_changes(everybody: list[Credentials]) -> list[Change]:
    """Host keys first: a key without a known host would only fail."""
    return [
        *_file_changes(paths.GIT_KNOWN_HOSTS, render_git_known_hosts(everybody)),
        *_file_changes(paths.GIT_SSH_CONFIG, render_git_ssh_config(everybody)),
    ]


def _file_changes(path: Path, text: str) -> list[Change]:
    state = read_state(path)
    if text == "":
        return [] if state is None else [Change((f"removed: {path}",), path.unlink)]
    wanted = FileState(text.encode("ascii"), 0o644, 0, 0)
    return [] if state == wanted else [Change((f"wrote: {path}",), partial(write_file, path, wanted))]
