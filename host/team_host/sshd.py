"""The sshd drop-in: checked in full before it counts, proven in force afterwards."""

import hashlib
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from team_host import paths
from team_host.commands import run
from team_host.errors import Failed
from team_host.files import FileState, read_state, write_file
from team_host.report import Report
from team_host.sshd_login import forget_login_check, prove_login
from team_host.sshd_rollback import arm_rollback, call_off_rollback, restart_sshd, roll_back

# Debian's own addition to sshd, which `sshd -T` does not print.
UNPRINTED = {"debianbanner"}


def keywords_not_in_force(drop_in: str, effective: str) -> list[str]:
    """The lines of `drop_in` that sshd, by the output of `sshd -T`, would not follow exactly.

    For most keywords another value would have been read earlier; for those that add up (AllowGroups, HostKey)
    a value more is wrong too. sshd prints one line per value, keywords and words such as `no` in lower case.
    """
    wanted, in_force = _values(drop_in), _values(effective)
    differing = {keyword for keyword, values in wanted.items() if values != in_force.get(keyword, set())}
    lines = [line.strip() for line in drop_in.splitlines()]
    return [line for line in lines if line and line.split()[0].lower() in differing - UNPRINTED]


def _values(config: str) -> dict[str, set[str]]:
    values: dict[str, set[str]] = {}
    for line in config.splitlines():
        keyword, _, value = " ".join(line.lower().split()).partition(" ")
        if keyword and not keyword.startswith("#"):
            values.setdefault(keyword, set()).add(value)
    return values


def install_drop_in(report: Report) -> None:
    """Put the staged drop-in in force, and go back to the former one if the deploy user could not log in then."""
    staged = read_state(paths.STAGED_ETC / "ssh/sshd_config.d" / paths.SSHD_DROP_IN.name)
    if staged is None:
        raise Failed(f"{paths.STAGED_ETC} has no sshd drop-in: the installation is not complete. Run install again.")
    wanted = FileState(staged.content, 0o600, 0, 0)
    forget_login_check(report)
    former = read_state(paths.SSHD_DROP_IN)
    if former != wanted:
        write_file(paths.SSHD_DROP_IN, wanted, partial(_check_and_arm, wanted.content.decode(), former))
    _prove_in_force(paths.SSHD_CONFIG, wanted.content.decode())
    _restart_if_needed(wanted.content)
    if former != wanted:
        report.change(f"installed: {paths.SSHD_DROP_IN}")


def _check_and_arm(drop_in: str, former: FileState | None, temporary: Path) -> None:
    _check(temporary, drop_in)
    if former is not None:
        arm_rollback(former)


def _check(temporary: Path, drop_in: str) -> None:
    """What sshd would read with the new file in place of the old one."""
    candidate = paths.RUN / "sshd_config"
    present = [str(path) for path in paths.SSHD_DROP_IN.parent.glob("*.conf")]
    candidate.write_text(with_drop_in(paths.SSHD_CONFIG.read_text(), present, str(temporary)))
    try:
        run("/usr/sbin/sshd", "-t", "-f", str(candidate))
        _prove_in_force(candidate, drop_in)
    finally:
        candidate.unlink()


def with_drop_in(main: str, present: Iterable[str], temporary: str) -> str:
    """The main configuration, reading each drop-in by name and `temporary` in the place of ours.

    Beside ours, and not instead of it, a changed AllowGroups or HostKey would add to the old one.
    """
    ours = str(paths.SSHD_DROP_IN)
    names = [temporary if path == ours else path for path in sorted({*present, ours})]
    include = f"Include {paths.SSHD_DROP_IN.parent}/*.conf"
    lines = main.splitlines()
    if include not in lines:
        raise Failed(f"{paths.SSHD_CONFIG} has no line `{include}`. Put it first there and run this again.")
    named = f"Include {' '.join(names)}"
    return "".join(f"{named if line == include else line}\n" for line in lines)


def _prove_in_force(config: Path, drop_in: str) -> None:
    """`sshd -t` sees neither a file that is read too late nor a lock-out; `sshd -T` does (sshd(8))."""
    who = f"user={paths.DEPLOY_LOGIN},host=localhost,addr=127.0.0.1"
    effective = run("/usr/sbin/sshd", "-T", "-f", str(config), "-C", who)
    overridden = keywords_not_in_force(drop_in, effective)
    if overridden:
        raise Failed(
            f"sshd would not follow {paths.SSHD_DROP_IN.name}: {'; '.join(overridden)}. "
            f"Look for an earlier or conditional setting in {paths.SSHD_CONFIG} and {paths.SSHD_DROP_IN.parent}."
        )


def _restart_if_needed(content: bytes) -> None:
    """Once per content and boot, so that a run killed between rename and restart is made good.

    The mark means that a login was seen to work under this content; it comes after the rollback is called
    off, so that no run leaves a proven file with a rollback on its way.
    """
    mark = FileState(hashlib.sha256(content).hexdigest().encode(), 0o600, 0, 0)
    if read_state(paths.SSHD_LOADED) == mark:
        return
    restart_sshd()
    try:
        prove_login()
    except Failed as failure:
        if not roll_back():
            raise
        prove_login()
        raise Failed(
            f"{failure} The former {paths.SSHD_DROP_IN.name} is back in force, and logins work. "
            "Correct the file in host/etc and run this again."
        ) from failure
    call_off_rollback()
    write_file(paths.SSHD_LOADED, mark)
