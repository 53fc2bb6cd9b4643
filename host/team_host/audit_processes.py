"""Agents' processes that no login holds and that are not in the agent's unit: somebody had them started for later."""

from collections.abc import Collection, Iterable, Mapping

from team_host.agent_unit import unit_name
from team_host.ended_commands import managed_agents
from team_host.finding import Finding
from team_host.host import Host
from team_host.names import shown
from team_host.processes import Process

FIX = "Ask who started it, then end it."


def audit_processes(host: Host, active: Collection[str]) -> list[Finding]:
    """Of active agents; what runs in a login is judged by the access document (see open_access.py)."""
    agents = {uid: login for uid, login in managed_agents(host).items() if login in active}
    return strays(host.processes, agents)


def strays(processes: Iterable[Process], agents: Mapping[int, str]) -> list[Finding]:
    """One finding for each agent and service; `agents` maps uids to logins."""
    found: dict[tuple[str, str], list[Process]] = {}
    for process in processes:
        agent = agents.get(process.effective_uid)
        if agent is None or process.user_slices or unit_name(agent) in process.services:
            continue
        found.setdefault((agent, ", ".join(sorted(process.services)) or "no service"), []).append(process)
    return [_stray(agent, where, some) for (agent, where), some in sorted(found.items())]


def _stray(agent: str, where: str, processes: list[Process]) -> Finding:
    first = processes[0]
    more = f" and {len(processes) - 1} more" if len(processes) > 1 else ""
    sentence = f"run in {where}, outside its tmux server and every login: pid {first.pid} {shown(first.title)}{more}."
    return Finding("leftover", f"processes of {agent}", sentence, FIX)
