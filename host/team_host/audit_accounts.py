"""Accounts, and keys of the deploy user, that team-runtime did not make."""

from team_host import paths
from team_host.finding import Finding
from team_host.host import Host
from team_host.host_accounts import HostAccount
from team_host.names import shown

NOT_FOR_LOGIN = frozenset({"nologin", "false", "sync", "halt", "shutdown"})
# Groups whose members are root by another name on Debian and Ubuntu.
POWERFUL_GROUPS = ("sudo", "admin", "docker", "lxd", "incus", "disk", "shadow")


def audit_accounts(host: Host, deploy_key: str) -> list[Finding]:
    """Foreign accounts that could be used, members of powerful groups, and foreign keys of the deploy user."""
    found = []
    for account in host.accounts.values():
        if account.uid == 0 and account.login != "root":
            found.append(_unmanaged(account, "has uid 0, so it is root by another name."))
        elif _is_foreign(account, host):
            found.append(_unmanaged(account, f"has a login shell ({account.shell}) and was not made by team-runtime."))
    found += _powerful(host)
    return found + _deploy_keys(host, deploy_key)


def _is_foreign(account: HostAccount, host: Host) -> bool:
    if account.login in ("root", paths.DEPLOY_LOGIN) or host.manages(account):
        return False
    return account.shell.rpartition("/")[2] not in NOT_FOR_LOGIN


def _unmanaged(account: HostAccount, sentence: str) -> Finding:
    fix = f"Look at it, then run sudo userdel {account.login} on the server."
    return Finding("unmanaged", f"account {account.login}", sentence, fix)


def _powerful(host: Host) -> list[Finding]:
    found = []
    for name in POWERFUL_GROUPS:
        group = host.groups.get(name)
        members = set(group.members if group else ())
        members |= {one.login for one in host.accounts.values() if group and one.gid == group.gid and one.uid != 0}
        for login in sorted(members - {"root"}):
            fix = f"Run sudo gpasswd --delete {login} {name} on the server."
            found.append(Finding("unmanaged", f"group {name}", f"gives {login} the power of root.", fix))
    return found


def _deploy_keys(host: Host, deploy_key: str) -> list[Finding]:
    """The applier leaves this one file of keys alone, because cloud-init wrote it."""
    path = paths.AUTHORIZED_KEYS / paths.DEPLOY_LOGIN
    state = host.key_files.get(paths.DEPLOY_LOGIN)
    if state is None:
        return [Finding("drift", str(path), "is not a plain file.", "Restore it at the provider's console.")]
    found = []
    if (state.mode, state.uid, state.gid) != (0o644, 0, 0):
        sentence = f"has mode {state.mode:04o} and owner {state.uid}:{state.gid}, not 0644 and 0:0."
        found.append(Finding("drift", str(path), sentence, f"Run sudo chown root:root {path}; sudo chmod 644 {path}."))
    for line in state.content.decode(errors="replace").splitlines():
        if line.strip() and not line.startswith("#") and " ".join(line.split()[:2]) != deploy_key:
            sentence = f"lets another key than the stack's deploy key act as root: {shown(line, 120)}."
            found.append(Finding("unmanaged", str(path), sentence, "Look at it, then remove the line on the server."))
    return found
