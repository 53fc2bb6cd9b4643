"""The sshd drop-in: checked in full before it counts, proven in force afterwards."""

import hashlib
from pathlib import Path

from team_host import paths
from team_host.commands import run
from team_host.errors import Failed
from team_host.files import FileState, read_state, write_file
from team_host.report import Report

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
    """Put the staged drop-in in force, if sshd accepts it and the deploy user could still log in."""
    staged = read_state(paths.STAGED_ETC / "ssh/sshd_config.d" / paths.SSHD_DROP_IN.name)
    if staged is None:
        raise Failed(f"{paths.STAGED_ETC} has no sshd drop-in: the installation is not complete. Run install again.")
    wanted = FileState(staged.content, 0o644, 0, 0)
    if read_state(paths.SSHD_DROP_IN) != wanted:
        write_file(paths.SSHD_DROP_IN, wanted, lambda temporary: _check(temporary, wanted.content.decode()))
        report.change(f"installed: {paths.SSHD_DROP_IN}")
    _prove_in_force(paths.SSHD_CONFIG, wanted.content.decode())
    _reload_if_needed(wanted.content)


def _check(temporary: Path, drop_in: str) -> None:
    """What sshd would read with the new file in place of the old one."""
    candidate = paths.RUN / "sshd_config"
    main = paths.SSHD_CONFIG.read_text()
    candidate.write_text(f"Include {temporary}\n{main}")
    try:
        run("/usr/sbin/sshd", "-t", "-f", str(candidate))
        _prove_in_force(candidate, drop_in)
    finally:
        candidate.unlink()


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


def _reload_if_needed(content: bytes) -> None:
    """Reload once per content and boot, so that a run killed between rename and reload is made good."""
    mark = FileState(hashlib.sha256(content).hexdigest().encode(), 0o600, 0, 0)
    if read_state(paths.SSHD_LOADED) == mark:
        return
    run("systemctl", "reload", "ssh.service")
    write_file(paths.SSHD_LOADED, mark)
