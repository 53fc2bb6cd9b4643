"""Does this machine's access differ from the document? The applier's own check, asked as a program of its own."""

import json
import subprocess
from collections.abc import Mapping
from typing import Any

from team_host import paths
from team_host.errors import Failed
from team_host.finding import Finding

ACCESS = "access"
FROZEN = "frozen"
REPAIR = "Run npm run -s team -- audit --repair."
TIME_LIMIT = 120.0


def audit_access(document: Mapping[str, Any]) -> list[Finding]:
    """One finding for each thing that `apply-access` would change here."""
    program = str(paths.LIBRARY / "apply-access")
    try:
        done = subprocess.run(
            [program, "--check"],
            input=json.dumps(document),
            capture_output=True,
            text=True,
            timeout=TIME_LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Failed(f"{program} --check was not done after {TIME_LIMIT:g} s.") from None
    return findings_of_check(done.returncode, done.stdout, done.stderr)


def findings_of_check(status: int, differences: str, notices: str) -> list[Finding]:
    """The findings for what `apply-access --check` printed.

    Its differences are worded as what the applier says when it has changed them.
    """
    found = [_difference(sentence) for sentence in differences.splitlines()]
    fix = "Remove the cause and run the audit again." if status else "See the sentence."
    found += [
        Finding("drift", "access document", sentence.removeprefix("apply-access: "), fix)
        for sentence in notices.splitlines()
    ]
    if status and not found:
        found.append(Finding("drift", "access document", f"apply-access --check ended with status {status}.", fix))
    return found


def _difference(sentence: str) -> Finding:
    if sentence.startswith(f"{FROZEN}: "):
        agent = sentence.split()[1]
        fix = f"Run npm run -s team -- thaw {agent.removesuffix('-agent')} when it may run again."
        return Finding("drift", FROZEN, f"{sentence.removeprefix(f'{FROZEN}: ')}.", fix)
    return Finding("drift", ACCESS, f"is not as the team file says; the repair is: {sentence}.", REPAIR)
