"""A person's workspace, /srv/projects/LOGIN: the agent works there, and the person reads and writes.

The folder is root's, so that neither of them can open it to others. An access list (acl(5)) that every new
file inherits gives both of them everything in it, whatever their umask is, and nobody else anything. A group and
a set-group-id bit would depend on every program's umask, and would let in whoever else is in the group.
"""

import os
import re
import shutil
from functools import partial
from pathlib import Path

from team_host import paths
from team_host.agent_credentials import public_half
from team_host.as_agent import run_as_agent
from team_host.change import Change
from team_host.commands import run
from team_host.errors import Failed
from team_host.files import make_folder
from team_host.host_accounts import HostAccount
from team_host.workplace_document import Workplace

CLONE_SECONDS = 900.0
UNFINISHED = ".team-runtime-new"
_SSH_HOST = re.compile(r"(ssh://([a-z][a-z0-9-]*@)?|[a-z][a-z0-9-]*@)(?P<host>[A-Za-z0-9.-]+)[:/]", re.ASCII)


def workspace_of(workplace: Workplace) -> Path:
    """`/srv/projects/wes`."""
    return paths.WORKSPACES / workplace.person


def workspace_changes(workplace: Workplace) -> list[Change]:
    """The folder, when it is missing or open in another way. What is in it is not looked at."""
    folder = workspace_of(workplace)
    if not folder.exists():
        return [Change((f"made workspace: {folder}",), partial(_make, folder, workplace))]
    if folder.is_symlink() or not folder.is_dir():
        raise Failed(f"{folder} is not a folder. Move it away and run it again.")
    status = folder.stat()
    if (status.st_uid, status.st_gid) == (0, 0) and sorted(_list_of(folder)) == sorted(access_list(workplace)):
        return []
    return [Change((f"set access: {folder}",), partial(_set_access, folder, workplace))]


def access_list(workplace: Workplace) -> list[str]:
    """The lines that getfacl(1) prints for it, in some order."""
    names = sorted((workplace.person, workplace.agent))
    entries = ["user::rwx", *(f"user:{name}:rwx" for name in names), "group::---", "mask::rwx", "other::---"]
    return entries + [f"default:{entry}" for entry in entries]


def _make(folder: Path, workplace: Workplace) -> None:
    make_folder(folder.parent)
    make_folder(folder, 0o700)
    _set_access(folder, workplace)


def _set_access(folder: Path, workplace: Workplace) -> None:
    os.chown(folder, 0, 0)
    run("setfacl", "--set", ",".join(access_list(workplace)), str(folder))


def _list_of(folder: Path) -> list[str]:
    shown = run("getfacl", "--absolute-names", "--omit-header", str(folder)).splitlines()
    # What a narrower mask takes away again stands behind a tab.
    return [line.split("\t")[0] for line in shown if line]


def clone_changes(workplace: Workplace, agent: HostAccount) -> list[Change]:
    """Repositories of whose name there is nothing in the workspace yet."""
    folder = workspace_of(workplace)
    return [
        Change((f"cloned: {url} to {folder / name}",), partial(_clone, url, folder / name, agent))
        for name, url in workplace.repositories.items()
        if not os.path.lexists(folder / name)
    ]


def _clone(url: str, target: Path, agent: HostAccount) -> None:
    """As the agent, with its settings and credentials (git_identity.py, git_ssh.py); there complete or not at all."""
    unfinished = target.with_name(f".{target.name}{UNFINISHED}")
    if unfinished.exists():
        shutil.rmtree(unfinished)
    words = ("git", "clone", "--quiet", "--no-hardlinks", "--", url, str(unfinished))
    # Nobody is there to answer, and a host key must be known beforehand, whatever the agent's own settings say.
    ssh = "ssh -o BatchMode=yes -o StrictHostKeyChecking=yes"
    quiet = {"GIT_TERMINAL_PROMPT": "0", "GIT_SSH_COMMAND": ssh}
    done = run_as_agent(agent, *words, time_limit=CLONE_SECONDS, environment=quiet)
    if done.returncode != 0:
        said = " ".join(done.stderr[-1000:].split())
        raise Failed(f"{url} could not be cloned: {said}{_key_advice(url, agent.login)}")
    # rename(2) of the kernel refuses a target that has come up meanwhile, unless it is empty.
    unfinished.rename(target)


def _key_advice(url: str, agent: str) -> str:
    """A key is of no use before somebody has registered it: here it is."""
    host = _SSH_HOST.match(url)
    public = public_half(agent, host["host"].lower()) if host is not None else ""
    if public == "":
        return ""
    return f" Is the agent's key registered there? It is: {public}"
