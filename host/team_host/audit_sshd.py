"""The sshd drop-in, in force for everybody or not."""

from collections.abc import Iterable
from pathlib import Path

from team_host import paths
from team_host.commands import run
from team_host.errors import Failed
from team_host.files import read_state
from team_host.finding import Finding
from team_host.names import shown
from team_host.sshd import keywords_not_in_force

FIX = f"Remove the other setting from {paths.SSHD_CONFIG} or {paths.SSHD_DROP_IN.parent}, then reload ssh."


def audit_sshd(logins: Iterable[str]) -> list[Finding]:
    """Settings that would not be in force, asked of sshd itself for each of these logins and for root."""
    state = read_state(paths.SSHD_DROP_IN)
    if state is None:
        return [Finding("drift", str(paths.SSHD_DROP_IN), "is missing.", "Install the host software again.")]
    drop_in = state.content.decode(errors="replace")
    overridden: dict[str, list[str]] = {}
    for login in ("root", paths.DEPLOY_LOGIN, *logins):
        for line in keywords_not_in_force(drop_in, _effective(login)):
            overridden.setdefault(line, []).append(login)
    found = [
        Finding("drift", "sshd", f"does not follow `{line}` for {', '.join(who)}.", FIX)
        for line, who in overridden.items()
    ]
    return found + [finding for path in _config_files() for finding in conditions_in(path, _text_of(path))]


def _effective(login: str) -> str:
    # The address matters to Match blocks only, and those are findings of their own.
    where = f"user={login},host=localhost,addr=127.0.0.1"
    try:
        return run("/usr/sbin/sshd", "-T", "-f", str(paths.SSHD_CONFIG), "-C", where)
    except Failed as failure:
        raise Failed(f"sshd refuses its own configuration: {failure} No new login may be possible.") from failure


def _config_files() -> list[Path]:
    return [paths.SSHD_CONFIG, *sorted(paths.SSHD_DROP_IN.parent.glob("*.conf"))]


def _text_of(path: Path) -> str:
    return path.read_text(errors="replace")


def conditions_in(path: Path, text: str) -> list[Finding]:
    """Match blocks: what they set holds only for some logins, so no question to sshd can cover them."""
    lines = [line.strip() for line in text.splitlines() if line.strip().lower().startswith(("match ", "match\t"))]
    return [
        Finding("unmanaged", str(path), f"sets something only for some logins: {shown(line, 120)}.", FIX)
        for line in lines
    ]
