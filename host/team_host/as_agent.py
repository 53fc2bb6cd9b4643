"""Running a program as an agent, with the agent's own settings and nothing of root's."""

import os
import subprocess
from collections.abc import Mapping

from team_host.errors import Failed
from team_host.host_accounts import HostAccount


def run_as_agent(
    agent: HostAccount, *words: str, time_limit: float, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run it to its end and return its status and output, each at most as long as the agent wants it.

    Raises `Failed` when it is not there, or not done after `time_limit` seconds.
    """
    own = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": agent.home, "LC_ALL": "C.UTF-8"}
    proxies = {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}
    try:
        return subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=time_limit,
            check=False,
            cwd="/",
            env={**proxies, **own, **(environment or {})},
            user=agent.uid,
            group=agent.gid,
            extra_groups=[],
        )
    except FileNotFoundError:
        raise Failed(f"the program {words[0]} is not installed here") from None
    except subprocess.TimeoutExpired:
        raise Failed(f"`{' '.join(words)}` as {agent.login} was not done after {time_limit:g} s") from None
