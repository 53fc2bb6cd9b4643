"""A lead's own list of the servers that the lead may reach: a convenience, no authority.

ssh aliases, pinned host keys, and what uxon shows sessions of.
"""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from team_host import paths
from team_host.document_json import exact_keys, mapping, parse_json
from team_host.errors import Refused
from team_host.files import put_text
from team_host.hop import KEY_NAME
from team_host.lock import exclusive
from team_host.names import is_human_login, is_server_name, shown
from team_host.program import read_standard_input
from team_host.public_key import problem_of_key
from team_host.report import Report
from team_host.uxon_config import peers_part, render_peers_part, write_part

HEADER = "# Managed by team-runtime: the servers that {login} may reach. Edit the team file, not this file.\n"


@dataclass(frozen=True)
class Peer:
    """Where a server is, and the key by which it is known (`ssh-ed25519 AAAA...`)."""

    address: str
    host_key: str


@dataclass(frozen=True)
class Lead:
    """Whose list it is, the peers by server name, sorted, and whether uxon shows their sessions."""

    login: str
    peers: Mapping[str, Peer]
    uses_uxon: bool


def parse_peers(data: bytes) -> Lead:
    """The request of apply-peers. Raises `Refused` with every problem."""
    raw = parse_json(data)
    problems = exact_keys(raw, {"login", "peers", "sessionManager"}, "the input")
    manager = raw.get("sessionManager", "none")
    if manager not in ("none", "uxon"):
        problems.append(f"sessionManager: {shown(manager)} is neither uxon nor none")
    login = raw.get("login", "")
    if "login" in raw and not (isinstance(login, str) and is_human_login(login)):
        problems.append(f"login: {shown(login)} is not the login of a person")
    peers = {}
    for name, fields in sorted(mapping(raw, "peers", problems).items()):
        found = _peer_problems(name, fields)
        problems += [f"peers: {shown(name)}: {problem}" for problem in found]
        if not found:
            peers[name] = Peer(fields["address"], fields["hostKey"])
    if problems:
        raise Refused(problems)
    return Lead(login, peers, manager == "uxon")


def _peer_problems(name: str, fields: Any) -> list[str]:
    if not isinstance(fields, dict):
        return [f"expected an object, got {shown(fields)}"]
    problems = exact_keys(fields, {"address", "hostKey"}, "the peer")
    if problems:
        return problems
    if not is_server_name(name):
        problems.append("not a server's name")
    try:
        ipaddress.ip_address(fields["address"] if isinstance(fields["address"], str) else "")
    except ValueError:
        problems.append(f"address {shown(fields['address'])} is not an IP address")
    words = fields["hostKey"].split(" ") if isinstance(fields["hostKey"], str) else []
    problem = problem_of_key(words[0], words[1]) if len(words) == 2 else "is not `TYPE BASE64`"
    if problem is not None:
        problems.append(f"the host key {problem}")
    return problems


def render_ssh_config(login: str, peers: Mapping[str, Peer]) -> str:
    """`ssh dev-wes`, for this login only: the address, the hop key, and a host that is known beforehand."""
    blocks = [
        f"\nMatch localuser {login} originalhost {name}\n"
        f"    HostName {peer.address}\n"
        f"    User {login}\n"
        f"    IdentityFile {paths.HOP_KEYS / login / KEY_NAME}\n"
        "    IdentitiesOnly yes\n"
        f"    HostKeyAlias {name}\n"
        f"    UserKnownHostsFile {known_hosts_file(login)}\n"
        "    StrictHostKeyChecking yes\n"
        "    UpdateHostKeys no\n"
        "    ForwardAgent no\n"
        for name, peer in peers.items()
    ]
    return HEADER.format(login=login) + "".join(blocks)


def render_known_hosts(login: str, peers: Mapping[str, Peer]) -> str:
    """One line per server, under its name."""
    return HEADER.format(login=login) + "".join(f"{name} {peer.host_key}\n" for name, peer in peers.items())


def ssh_config_file(login: str) -> Path:
    """`/etc/ssh/ssh_config.d/50-team-marcus.conf`."""
    return paths.SSH_CLIENT_CONFIG / f"50-team-{login}.conf"


def known_hosts_file(login: str) -> Path:
    """`/etc/ssh/team-known-hosts-marcus`."""
    return paths.SSH_CLIENT_CONFIG.parent / f"team-known-hosts-{login}"


def apply_peers(report: Report, remove: bool) -> int:
    """Write the lead's files; remove them with `remove`, or when there is no peer."""
    lead = parse_peers(read_standard_input())
    login, peers = lead.login, {} if remove else lead.peers
    with exclusive("apply-peers"):
        # Host keys first: an alias without its pinned key would only fail.
        put_text(known_hosts_file(login), render_known_hosts(login, peers) if peers else None, report)
        put_text(ssh_config_file(login), render_ssh_config(login, peers) if peers else None, report)
        write_part(peers_part(login), render_peers_part(peers) if peers and lead.uses_uxon else None, report)
    return 0
