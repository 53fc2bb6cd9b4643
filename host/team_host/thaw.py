"""Letting a frozen agent run again, with the access that this machine last got in full."""

import json
import subprocess

from team_host import paths
from team_host.agent_unit import unit_name
from team_host.commands import run
from team_host.errors import Failed, Refused
from team_host.freeze_request import read_freeze_request
from team_host.frozen import frozen_agents, mark_frozen, unmark_frozen
from team_host.record import read_record
from team_host.report import Report

TIME_LIMIT = 120.0


def thaw(report: Report) -> int:
    """Thaw the agent named on standard input. Prints one line per change, and nothing when it is not frozen.

    Refuses when this machine's access is not as last applied: an update that failed half way may have taken
    what the record would give back.
    """
    agent, _ = read_freeze_request()
    if agent.login not in frozen_agents():
        return 0
    document = json.dumps(read_record().document)
    differences = [line for line in _apply_access(document, "--check") if not line.startswith("frozen: ")]
    if differences:
        advice = "Run npm run -s team -- audit --repair, or pulumi up, then thaw again."
        raise Refused([f"access on this server is not as last applied ({'; '.join(differences)}). {advice}"])
    run("systemctl", "unmask", "--quiet", unit_name(agent.login))
    unmark_frozen(agent.login)
    try:
        lines = _apply_access(document)
    except Failed:
        # Half thawed is frozen: the mark says so to the next update.
        mark_frozen(agent.login)
        raise
    for line in lines:
        report.answer(line)
    report.change(f"thawed: {agent.login}")
    return 0


def _apply_access(document: str, *options: str) -> list[str]:
    """The lines that the applier prints; `Failed` with its own words when it fails."""
    words = [str(paths.LIBRARY / "apply-access"), *options]
    done = subprocess.run(words, input=document, capture_output=True, text=True, timeout=TIME_LIMIT, check=False)
    if done.returncode == 0 or (options and done.returncode == 1 and done.stdout):
        return done.stdout.splitlines()
    raise Failed(f"apply-access ended with status {done.returncode}: {' '.join(done.stderr.split())}")
