"""The settings that install hands to the bootstrap."""

import ipaddress
import json
from dataclasses import dataclass

from team_host.connection import client_address
from team_host.console_password import check_hash
from team_host.deploy_keys import check_deploy_keys
from team_host.errors import Refused
from team_host.names import shown

EVERYWHERE: tuple[str, ...] = ("0.0.0.0/0", "::/0")


@dataclass(frozen=True)
class Settings:
    """`ssh_from`: networks (CIDR) that may reach sshd.

    `console_password_hash`: bcrypt, or None to leave it alone. `deploy_keys`: the only keys of the deploy user, or
    none to leave them alone.
    """

    ssh_from: tuple[str, ...] = EVERYWHERE
    console_password_hash: str | None = None
    deploy_keys: tuple[str, ...] = ()


def check_settings(data: bytes, client: str | None = None) -> Settings:
    """The settings; refuses those that this version does not know, so that none is silently without effect.

    `client` is where the caller's connection comes from, by default asked of the system: settings that would
    shut it out are refused.
    """
    try:
        raw = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Refused([f"the settings are not JSON: {error}"]) from None
    if not isinstance(raw, dict):
        raise Refused(["the settings are not a JSON object"])
    unknown = sorted(set(raw) - {"consolePasswordHash", "deployKeys", "sshFrom"})
    if unknown:
        raise Refused([f"unknown setting: {name}" for name in unknown])
    password_hash = check_hash(raw["consolePasswordHash"]) if "consolePasswordHash" in raw else None
    deploy_keys = check_deploy_keys(raw["deployKeys"]) if "deployKeys" in raw else ()
    ssh_from = EVERYWHERE
    if "sshFrom" in raw:
        ssh_from = _check_networks(raw["sshFrom"], client if client is not None else client_address())
    return Settings(ssh_from, password_hash, deploy_keys)


def _check_networks(value: object, client: str | None) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise Refused(["setting sshFrom: expected a list of at least one network, such as 203.0.113.0/24"])
    problems = [f"setting sshFrom: {shown(item)} is not a network (CIDR)" for item in value if not is_network(item)]
    if problems:
        raise Refused(problems)
    networks = [ipaddress.ip_network(item) for item in value]
    if client is not None and not any(ipaddress.ip_address(client) in network for network in networks):
        raise Refused(
            [
                f"setting sshFrom: {client}, from where this connection comes, is in none of its networks: "
                "nobody could come this way again. Add its network to team-runtime:sshFrom."
            ]
        )
    return tuple(str(network) for network in networks)


def is_network(value: object) -> bool:
    """Whether this is a network in CIDR form."""
    try:
        ipaddress.ip_network(value if isinstance(value, str) else "")
    except ValueError:
        return False
    return True
