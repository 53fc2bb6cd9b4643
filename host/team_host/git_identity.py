"""As whom an agent commits, and where its git asks for tokens.

The settings are root's file, and the agent's own ~/.gitconfig includes it. Root never writes to the agent's home: a
link there could point anywhere. So git itself adds the line, as the agent.
"""

from functools import partial
from pathlib import Path

from team_host import paths
from team_host.as_agent import run_as_agent
from team_host.change import Change
from team_host.errors import Failed
from team_host.files import FileState, make_folder, read_state, write_file
from team_host.host_accounts import HostAccount
from team_host.workplace_document import Workplace

GIT_SECONDS = 30.0


def settings_file(agent: str) -> Path:
    """`/etc/team-runtime/git/wes-agent`."""
    return paths.GIT_SETTINGS / agent


def render_git_settings(workplace: Workplace) -> str:
    """In the form of git-config(1). What the agent sets after the include counts more: these are its usual ones."""
    return (
        "# Managed by team-runtime. Edit the team file, not this file.\n"
        "[user]\n"
        f'\tname = "{workplace.git_name}"\n'
        f'\temail = "{workplace.git_email}"\n'
        "[credential]\n"
        f"\thelper = {paths.LIBRARY}/git-credential\n"
    )


def git_changes(workplace: Workplace, agent: HostAccount) -> list[Change]:
    """The file, and the line that includes it."""
    path = settings_file(workplace.agent)
    wanted = FileState(render_git_settings(workplace).encode("ascii"), 0o644, 0, 0)
    changes = []
    if read_state(path) != wanted:
        changes.append(Change((f"wrote: {path}",), partial(_write, path, wanted)))
    if str(path) not in _git(agent, (0, 1), "--get-all", "include.path").splitlines():
        sentence = f"included: {path} in the git settings of {agent.login}"
        changes.append(Change((sentence,), partial(_git, agent, (0,), "--add", "include.path", str(path))))
    return changes


def _write(path: Path, wanted: FileState) -> None:
    make_folder(path.parent.parent)
    make_folder(path.parent)
    write_file(path, wanted)


def _git(agent: HostAccount, fine: tuple[int, ...], *words: str) -> str:
    """`git config --global` as the agent. Status 1 of `--get-all` means that there is none (git-config(1))."""
    done = run_as_agent(agent, "git", "config", "--global", *words, time_limit=GIT_SECONDS)
    if done.returncode not in fine:
        said = " ".join(done.stderr[-500:].split())
        raise Failed(f"the git settings of {agent.login} cannot be read or written: {said}")
    return done.stdout
