"""How much of the machine an agent may take.

Its tmux server, and all that runs in it, is a slice of its own. What a person runs as the agent with sudo stays
in that person's login session, so that it ends with it and is found when access ends. Of that the number of
processes is limited by pam_limits(8), which counts all processes of the agent wherever they are; its memory by
the person's own slice, which leaves a fifth of the machine to everybody else (host/etc/systemd).
"""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from team_host import paths
from team_host.change import Change
from team_host.commands import run
from team_host.errors import Failed
from team_host.files import FileState, read_state, write_file
from team_host.workplace_document import Limits, Workplace, bytes_of

INFINITY = "infinity"
MEMINFO = Path("/proc/meminfo")


def slice_of(agent: str) -> str:
    """The slice in which agent-tmux@.service puts this agent."""
    return f"agents-{agent}.slice"


def limit_changes(workplace: Workplace) -> list[Change]:
    """Limits that are not in force as the document wants them. A change counts for what runs already."""
    agent, limits = workplace.agent, workplace.limits
    current, machine = _current(agent), _memory_of_machine()
    # The kernel has a little more or less memory to give each time that the machine starts.
    slack = machine // 200 if limits.memory.endswith("%") else 0
    different = {
        name: value
        for name, value in properties_of(limits, machine).items()
        if not is_in_force(name, value, current.get(name, ""), slack)
    }
    changes = []
    if different:
        words = ", ".join(f"{name}={value}" for name, value in different.items())
        set_them = partial(run, "systemctl", "set-property", slice_of(agent), *assignments(different))
        changes.append(Change((f"set limits: {agent}: {words}",), set_them))
    path, file = limits_file(agent), FileState(render_limits_file(agent, limits).encode("ascii"), 0o644, 0, 0)
    if read_state(path) != file:
        changes.append(Change((f"wrote: {path}",), partial(write_file, path, file)))
    return changes


def properties_of(limits: Limits, machine: int) -> dict[str, str]:
    """The properties of the slice (systemd.resource-control(5)), memory in bytes; `machine` is its memory."""
    return {
        "CPUQuota": INFINITY if limits.cpu is None else f"{limits.cpu}%",
        "MemoryMax": str(bytes_of(limits.memory, machine)),
        "TasksMax": str(limits.tasks),
    }


def is_in_force(name: str, wanted: str, shown: str, slack: int) -> bool:
    """Whether `systemctl show` prints what is wanted; memory may differ by `slack` bytes."""
    if name == "MemoryMax" and shown.isdecimal():
        return abs(int(shown) - int(wanted)) <= slack
    return shown == shown_by_systemd(name, wanted)


def assignments(properties: Mapping[str, str]) -> list[str]:
    """The words of `systemctl set-property`; an empty quota is none."""
    no_quota = {"CPUQuota": ""} if properties.get("CPUQuota") == INFINITY else {}
    return [f"{name}={value}" for name, value in {**properties, **no_quota}.items()]


def shown_by_systemd(name: str, value: str) -> str:
    """The same as `systemctl show` prints it: a quota as time per second."""
    if name != "CPUQuota" or value == INFINITY:
        return value
    microseconds = int(value.removesuffix("%")) * 10_000
    seconds, rest = divmod(microseconds, 1_000_000)
    words = [f"{seconds}s"] if seconds else []
    return " ".join(words + ([f"{rest // 1000}ms"] if rest else []))


def _current(agent: str) -> dict[str, str]:
    shown = run("systemctl", "show", "--property=CPUQuotaPerSecUSec,MemoryMax,TasksMax", slice_of(agent))
    values = dict(line.split("=", 1) for line in shown.splitlines() if "=" in line)
    return {"CPUQuota": values.pop("CPUQuotaPerSecUSec", INFINITY), **values}


def _memory_of_machine() -> int:
    for line in MEMINFO.read_text().splitlines():
        name, _, rest = line.partition(":")
        if name == "MemTotal":
            return int(rest.split()[0]) * 1024
    raise Failed(f"{MEMINFO} does not say how much memory there is")


def limits_file(agent: str) -> Path:
    """The agent's file for pam_limits(8)."""
    return paths.PAM_LIMITS / f"50-team-runtime-{agent}.conf"


def render_limits_file(agent: str, limits: Limits) -> str:
    """limits.conf(5): the number of processes, of all that the agent runs together."""
    return f"# Managed by team-runtime. Edit the team file, not this file.\n{agent} hard nproc {limits.tasks}\n"
