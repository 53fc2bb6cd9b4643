"""The files below /etc that are the same on every server, except sshd's (see sshd.py)."""

from pathlib import Path

from team_host import paths
from team_host.commands import run
from team_host.errors import Failed
from team_host.files import FileState, make_folder, read_state, write_file
from team_host.report import Report

# Where each comes from below the staged /etc, and its mode there.
SYSTEM_FILES = {
    Path("/etc/apt/apt.conf.d/52team-runtime"): 0o644,
    Path("/etc/modprobe.d/team-runtime.conf"): 0o644,
    Path("/etc/sysctl.d/99-team-runtime.conf"): 0o644,
    Path("/etc/team-runtime/agent-environment"): 0o644,
    Path("/etc/tmpfiles.d/team-runtime.conf"): 0o644,
    Path("/etc/systemd/journald.conf.d/team-runtime.conf"): 0o644,
    Path("/etc/systemd/system/agent-tmux@.service"): 0o644,
    Path("/etc/systemd/system/agents.slice"): 0o644,
    Path("/etc/systemd/system/user-.slice.d/50-team-runtime.conf"): 0o644,
    Path("/etc/systemd/system/team-runtime-disk-quota.service"): 0o644,
    Path("/etc/systemd/system/team-runtime-firewall.service"): 0o644,
    Path("/etc/systemd/system/team-runtime-hidepid.service"): 0o644,
    Path("/etc/systemd/system/team-runtime-sshd-rollback.service"): 0o644,
    Path("/etc/systemd/system/team-runtime-sshd-rollback.timer"): 0o644,
    Path("/etc/systemd/system/team-runtime-upkeep.service"): 0o644,
    Path("/etc/systemd/system/team-runtime-upkeep.timer"): 0o644,
    Path("/etc/sudoers.d/00-team-runtime"): 0o440,
}
JOURNAL_SETTINGS = Path("/etc/systemd/journald.conf.d/team-runtime.conf")
KERNEL_SETTINGS = Path("/etc/sysctl.d/99-team-runtime.conf")


def check_sudoers(path: Path) -> None:
    """Raise `Failed` unless sudo reads this file without complaint (visudo(8))."""
    run("visudo", "-cf", str(path))


def install_system_files(report: Report) -> None:
    """Put every staged file in place; systemd and the socket folder follow only when theirs changed."""
    changed = {path for path, mode in SYSTEM_FILES.items() if _install(path, mode)}
    for path in sorted(changed):
        report.change(f"installed: {path}")
    if any(path.is_relative_to("/etc/systemd") for path in changed):
        run("systemctl", "daemon-reload")
    if JOURNAL_SETTINGS in changed or not paths.JOURNAL.is_dir():
        # journald reads its settings only when it starts; nothing is lost, and what is in memory goes to the disk.
        run("systemctl", "restart", "systemd-journald.service")
        run("journalctl", "--flush")
    if KERNEL_SETTINGS in changed:
        # As at boot. In a container the kernel is another machine's: systemd leaves out what cannot be set there.
        run("systemctl", "restart", "systemd-sysctl.service")
    if make_folder(paths.AGENT_SOCKETS):
        report.change(f"made folder: {paths.AGENT_SOCKETS}")


def _install(path: Path, mode: int) -> bool:
    staged = read_state(paths.STAGED_ETC / path.relative_to("/etc"))
    if staged is None:
        raise Failed(f"{paths.STAGED_ETC} has no {path.name}: the installation is not complete. Run install again.")
    wanted = FileState(staged.content, mode, 0, 0)
    if read_state(path) == wanted:
        return False
    make_folder(path.parent)
    write_file(path, wanted, check_sudoers if path.parent == paths.SUDOERS.parent else None)
    return True
