"""su(1) is root's alone. The people here have no passwords, so all that it is good for is guessing root's."""

import re
from pathlib import Path

from team_host.errors import Failed
from team_host.files import FileState, read_state, write_file
from team_host.report import Report

PAM_SU = Path("/etc/pam.d/su")
# After this line root has passed (pam_rootok(8)).
ROOT_PASSES = re.compile(r"auth\s+sufficient\s+pam_rootok\.so\s*", re.ASCII)
# Root's group has no members. use_uid: who calls, not who owns the terminal (pam_wheel(8)).
RULE = "auth required pam_wheel.so use_uid group=root"
LINES = ("# team-runtime: for nobody but root.", RULE)


def restrict_su(report: Report) -> None:
    """Put the rule into Debian's own file: PAM reads no other."""
    state = read_state(PAM_SU)
    if state is None:
        return
    wanted = FileState(with_rule(state.content.decode()).encode(), state.mode, state.uid, state.gid)
    if state != wanted:
        write_file(PAM_SU, wanted)
        report.change(f"su is for root only: {PAM_SU}")


def with_rule(text: str) -> str:
    """The file with the rule right after the line that lets root pass, and nowhere else."""
    lines = [line for line in text.splitlines() if line not in LINES]
    places = [number for number, line in enumerate(lines) if ROOT_PASSES.fullmatch(line)]
    if not places:
        raise Failed(f"{PAM_SU} has no line `auth sufficient pam_rootok.so`. Put it first there and run this again.")
    after = places[0] + 1
    return "".join(f"{line}\n" for line in [*lines[:after], *LINES, *lines[after:]])
