"""The firewall of the machine itself: who reaches what, and that nobody but root reaches the metadata service.

The provider's firewall stands before it and can be changed with the API token alone; this one cannot. One
table of our own, replaced as a whole: tables of others (a container program's, say) are left alone.
"""

import ipaddress
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from team_host import paths
from team_host.change import Change
from team_host.commands import run, succeeds
from team_host.errors import Failed
from team_host.files import FileState, make_folder, read_state, write_file
from team_host.host import Host
from team_host.report import Report

NFT = "/usr/sbin/nft"
TABLE = ("inet", "team_runtime")

# Read by nft(8) as one transaction: there is no moment without a table. ICMP by number: the names of protocols
# are in a package (netbase) that a machine may not have.
RULES = """\
# Managed by team-runtime, made from team-runtime:sshFrom. Changes made here do not last.
table inet team_runtime
delete table inet team_runtime
table inet team_runtime {{
	chain input {{
		type filter hook input priority filter; policy drop;
		iifname "lo" accept
		ct state established,related accept
		ct state invalid drop
		meta l4proto {{ 1, 58 }} accept comment "ICMP, ICMPv6"
		udp sport 67 udp dport 68 accept comment "DHCP"
		udp sport 547 udp dport 546 accept comment "DHCPv6"
{ssh_from}
	}}
	chain let_in {{
		tcp dport 22 accept
		include "{openings}/*.nft"
	}}
	chain forward {{
		type filter hook forward priority filter; policy accept;
		ip daddr 169.254.169.254 reject
		ip6 daddr fe80::a9fe:a9fe reject
	}}
	chain output {{
		type filter hook output priority filter; policy accept;
		ip daddr 169.254.169.254 meta skuid != 0 reject comment "metadata, and with it user_data"
		ip6 daddr fe80::a9fe:a9fe meta skuid != 0 reject
	}}
}}
"""


def render_firewall(ssh_from: Iterable[str]) -> str:
    """The rules for these networks (CIDR), in the form that nft(8) reads."""
    networks = [ipaddress.ip_network(text) for text in ssh_from]
    lines = []
    for version, word in ((4, "ip"), (6, "ip6")):
        kind = [network for network in networks if network.version == version]
        merged = ", ".join(str(network) for network in ipaddress.collapse_addresses(kind))  # type: ignore[type-var]
        if merged:
            lines.append(f"\t\t{word} saddr {{ {merged} }} jump let_in")
    return RULES.format(ssh_from="\n".join(lines), openings=paths.OPENINGS)


def install_firewall(ssh_from: Iterable[str], report: Report) -> None:
    """Write the rules, and load them if they are not what is loaded."""
    wanted = FileState(render_firewall(ssh_from).encode(), 0o644, 0, 0)
    if read_state(paths.FIREWALL) != wanted:
        write_file(paths.FIREWALL, wanted, _check)
        # Forgets what was loaded: a run that dies here is made good by the next one, or by the upkeep.
        paths.FIREWALL_LOADED.unlink(missing_ok=True)
        report.change(f"installed: {paths.FIREWALL}")
    if not is_loaded():
        _load()


def opening() -> str | None:
    """What those networks may reach beside sshd, as a rule of nft(8); None when it is nothing."""
    state = read_state(paths.TERMINAL_OPENING)
    return state.content.decode(errors="replace").strip() if state is not None else None


def set_opening(rule: str | None) -> None:
    """Let those networks reach this too, such as `tcp dport 2022 accept`, or nothing beside sshd. Loads at once."""
    if rule is None:
        paths.TERMINAL_OPENING.unlink(missing_ok=True)
    else:
        make_folder(paths.OPENINGS.parent)
        make_folder(paths.OPENINGS)
        write_file(paths.TERMINAL_OPENING, FileState(f"{rule}\n".encode(), 0o644, 0, 0))
    paths.FIREWALL_LOADED.unlink(missing_ok=True)
    _load()


def _check(rules: Path) -> None:
    run(NFT, "--check", "--file", str(rules))


def keep_firewall(_server: str, _host: Host) -> list[Change]:
    """Put the table back if it is gone or changed: `nft flush ruleset` takes it along with everything else."""
    if not paths.FIREWALL.exists() or is_loaded():
        return []
    # Without the note (the machine has just started) there is nothing to compare with, and nothing to say.
    words = ("put back: the firewall, which somebody had removed or changed",) if paths.FIREWALL_LOADED.exists() else ()
    return [Change(words, partial(_load))]


def is_loaded() -> bool:
    """Whether the table in the kernel is the one that was loaded last."""
    noted = read_state(paths.FIREWALL_LOADED)
    return noted is not None and succeeds(NFT, "list", "table", *TABLE) and noted.content == _listing()


def _listing() -> bytes:
    return run(NFT, "--stateless", "list", "table", *TABLE).encode()


def _load() -> None:
    """Load, and note what nft then shows: it writes rules in its own way, so the file cannot be compared with it."""
    run(NFT, "--file", str(paths.FIREWALL))
    listing = _listing()
    if b"policy drop" not in listing:
        raise Failed(f"the firewall of {paths.FIREWALL} is not in force after loading it. Run `nft list ruleset` here.")
    # The folder is empty memory after a start of the machine, and the upkeep is the first that comes.
    make_folder(paths.RUN, 0o700)
    write_file(paths.FIREWALL_LOADED, FileState(listing, 0o600, 0, 0))
