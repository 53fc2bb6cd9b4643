"""uxon's one configuration file on a server, put together from two parts (docs/decisions/session-manager.md).

The first part says whose agents live here and belongs to the sessions Command; the second says which servers a lead
sees and belongs to the peers Command. uxon reads one file and no folder of parts.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from team_host import paths
from team_host.files import make_folder, put_text
from team_host.report import Report

AGENTS_PART = paths.UXON / "parts" / "10-agents.toml"
PEERS_PARTS = "20-peers*.toml"
PEER = "\n[[remote_hosts]]\n"
CONFIG = paths.UXON / "config.toml"

HEADER = "# Managed by team-runtime. Edit the team file, not this file: uxon's own settings screen cannot write it.\n"


def render_agents_part(owners: Mapping[str, str], agent_tools: Iterable[str]) -> str:
    """The part that every server has: `owners` maps each person whose agent lives here to that agent.

    Nobody but an owner starts agents here: whoever comes as a lead is "caller" (with a fixed user, a lead's "kill all
    of mine" would mean the owner's). The socket is the one that the agent's unit made, so raw tmux sees the same.
    """
    tools = list(agent_tools)
    roots = [str(paths.WORKSPACES / owner) for owner in sorted(owners)]
    lines = [
        HEADER,
        f"tmux_socket_template = {_text(str(paths.AGENT_SOCKETS) + '/tmux-{uid}/default')}\n",
        'default_launch_mode = "caller"\n',
        f"session_users = {_list(owners[owner] for owner in sorted(owners))}\n",
        "enable_all_users_list = true\n",
        f"allowed_roots = {_list(roots)}\n",
        f"new_project_root = {_text(roots[0] if len(roots) == 1 else str(paths.WORKSPACES))}\n",
        "tui_refresh_interval_seconds = 3.0\n",
        "ssh_control_persist_seconds = 60\n",
        "\n[launch_user_by_caller]\n",
        *(f"{_text(owner)} = {_text(agent)}\n" for owner, agent in sorted(owners.items())),
        "\n[agents]\n",
        f"enabled = {_list(tools)}\n",
        f"default = {_text(tools[0] if tools else '')}\n",
        "\n[tui.table]\n",
        f"columns = {_list(('host', 'user', 'name', 'agent', 'cpu', 'ram', 'new', 'last', 'path'))}\n",
    ]
    return "".join(lines)


def peers_part(login: str) -> Path:
    """The part of one lead: on a shared server there may be several, and uxon has one list for all of them."""
    return AGENTS_PART.with_name(f"20-peers-{login}.toml")


def render_peers_part(servers: Iterable[str]) -> str:
    """The servers that a lead sees from here, by their ssh aliases; see peers.py for what the aliases mean."""
    return "".join(
        f"{PEER}name = {_text(name)}\nssh_alias = {_text(name)}\nremote_uxon = {_text(str(paths.PROGRAMS / 'uxon'))}\n"
        for name in sorted(servers)
    )


def all_peers(parts: Iterable[str]) -> str:
    """The servers of all leads' parts, each once: uxon refuses two of one name."""
    peers = dict.fromkeys(peer for part in parts for peer in part.split(PEER)[1:])
    return "".join(f"{PEER}{peer}" for peer in peers)


def _list(values: Iterable[str]) -> str:
    return f"[{', '.join(map(_text, values))}]"


def _text(value: str) -> str:
    """A basic string of TOML 1.0; every value here is plain ASCII, for which JSON writes the same."""
    return json.dumps(value)


def write_part(part: Path, text: str | None, report: Report) -> None:
    """Write or remove one part, then put the file together again. Without the agents' part there is no file."""
    if text is not None:
        make_folder(paths.UXON)
        make_folder(part.parent)
    put_text(part, text, report)
    whole = None
    if AGENTS_PART.exists():
        whole = AGENTS_PART.read_text() + all_peers(
            known.read_text() for known in sorted(part.parent.glob(PEERS_PARTS))
        )
    put_text(CONFIG, whole, report)
