"""Agents' tmux servers as ways back: opened to others, on sockets that others reach, or not started by the unit."""

import stat
from collections.abc import Collection
from pathlib import Path

from team_host import paths
from team_host.agent_unit import unit_name
from team_host.as_agent import run_as_agent
from team_host.errors import Failed
from team_host.finding import Finding
from team_host.host import Host
from team_host.host_accounts import HostAccount
from team_host.names import AGENT_SUFFIX, shown
from team_host.processes import Process
from team_host.tmux_servers import read_tmux_servers

ANSWER_SECONDS = 2.0
# More than an agent has use for; each that does not answer costs ANSWER_SECONDS.
MOST_SOCKETS = 10


def audit_tmux(host: Host, active: Collection[str]) -> list[Finding]:
    """The servers of active agents whose sockets lie in their own folder; for other places see audit_files.py."""
    servers = read_tmux_servers(host.processes)
    found: list[Finding] = []
    for account in host.accounts.values():
        if not host.manages(account) or account.login not in active or not account.login.endswith(AGENT_SUFFIX):
            continue
        folder = paths.AGENT_SOCKETS / f"tmux-{account.uid}"
        sockets = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
        found += _folder(folder, account)
        for name in sockets[:MOST_SOCKETS]:
            found += tmux_access(account.login, name, _access_list(account, folder / name))
        if len(sockets) > MOST_SOCKETS:
            sentence = f"holds {len(sockets)} sockets, of which only {MOST_SOCKETS} were asked whom they let in."
            found.append(Finding("leftover", str(folder), sentence, "Remove those that nobody needs."))
        if account.uid in servers:
            found += origin_of_server(account.login, servers[account.uid])
    return found


def _folder(folder: Path, account: HostAccount) -> list[Finding]:
    try:
        status = folder.lstat()
    except FileNotFoundError:
        return []
    mode = stat.S_IMODE(status.st_mode)
    if (mode, status.st_uid) == (0o700, account.uid):
        return []
    sentence = f"is open to others than {account.login} (mode {mode:04o}, owner {status.st_uid})."
    fix = f"Run chmod 0700 {folder} and chown {account.login} {folder} on the server."
    return [Finding("leftover", str(folder), sentence, fix)]


def _access_list(account: HostAccount, socket: Path) -> str:
    """Asked as the agent: a tmux client does what its server says, so root must not be one."""
    words = ("tmux", "-N", "-S", str(socket), "server-access", "-l")
    try:
        return run_as_agent(account, *words, time_limit=ANSWER_SECONDS).stdout[:4000]
    except (Failed, OSError):
        return ""


def tmux_access(agent: str, socket: str, listed: str) -> list[Finding]:
    """Others than the agent itself whom its tmux server lets in (`LOGIN (W)`, one on each line)."""
    logins = [line.split()[0] for line in listed.splitlines() if line.strip()]
    is_default = socket == "default"
    return [
        Finding(
            "leftover",
            f"tmux server of {agent}" if is_default else f"tmux server {shown(socket)} of {agent}",
            f"lets {shown(login)} in without sudo.",
            f"Run sudo -u {agent} tmux {'' if is_default else f'-L {shown(socket)} '}server-access -d {shown(login)} "
            "on the server.",
        )
        for login in logins
        if login not in (agent, "root")
    ]


def origin_of_server(agent: str, server: Process) -> list[Finding]:
    """Whether the server at the agent's own socket is its unit's; one of somebody's login dies with the machine."""
    if unit_name(agent) in server.services:
        return []
    sentence = f"was not started by {unit_name(agent)}, but by somebody who was quicker (pid {server.pid})."
    fix = f"When its sessions may end, run sudo -u {agent} tmux kill-server on the server; the unit starts its own."
    return [Finding("leftover", f"tmux server of {agent}", sentence, fix)]
