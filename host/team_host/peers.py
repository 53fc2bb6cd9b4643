"""A lead's ssh aliases and pinned host keys for the servers that the lead may reach: a convenience, no authority."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from team_host import paths
from team_host.document_json import exact_keys, mapping, parse_json
from team_host.errors import Refused
from team_host.files import FileState, read_state, write_file
from team_host.hop import KEY_NAME
from team_host.lock import exclusive
from team_host.names import is_human_login, is_server_name, shown
from team_host.program import read_standard_input
from team_host.public_key import problem_of_key
from team_host.report import Report

HEADER = "# Managed by team-runtime: the servers that {login} may reach. Edit the team file, not this file.\n"


@dataclass(frozen=True)
class Peer:
    """Where a server is, and the key by which it is known (`ssh-ed25519 AAAA...`)."""

    address: str
    host_key: str


def parse_peers(data: bytes) -> tuple[str, dict[str, Peer]]:
    """The lead's login, and the peers by server name, sorted. Raises `Refused` with every problem."""
    raw = parse_json(data)
    problems = exact_keys(raw, {"login", "peers"}, "the input")
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
    return login, peers


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
    """Write both files of the lead; remove them with `remove`, or when there is no peer."""
    login, peers = parse_peers(read_standard_input())
    with exclusive("apply-peers"):
        # Host keys first: an alias without its pinned key would only fail.
        _put(known_hosts_file(login), render_known_hosts(login, peers) if peers and not remove else None, report)
        _put(ssh_config_file(login), render_ssh_config(login, peers) if peers and not remove else None, report)
    return 0


def _put(path: Path, text: str | None, report: Report) -> None:
    if text is None:
        if path.exists():
            path.unlink()
            report.change(f"removed: {path}")
        return
    wanted = FileState(text.encode("ascii"), 0o644, 0, 0)
    if read_state(path) != wanted:
        write_file(path, wanted)
        report.change(f"wrote: {path}")
