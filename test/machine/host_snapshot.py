#!/usr/bin/python3 -IB
"""Print what the program is responsible for on this machine, as one JSON object, for a comparison of two states.

usage: host_snapshot.py < /dev/null    (as root)

Left out is what differs between two machines, or two moments, that are the same for every purpose: times, contents
of host keys, process numbers, counters of the firewall, and the time in the name of an archive. An archive stands
with the names, owners and contents of what is in it.
"""

import hashlib
import json
import os
import re
import stat
import subprocess
import tarfile
from pathlib import Path

# Whole trees: a file too many is a difference too.
TREES = (
    "/etc/apt/apt.conf.d",
    "/etc/cron.d",
    "/etc/crontab",
    "/etc/modprobe.d",
    "/etc/pam.d/su",
    "/etc/ssh",
    "/etc/subgid",
    "/etc/subuid",
    "/etc/sudoers",
    "/etc/sudoers.d",
    "/etc/sysctl.d",
    "/etc/systemd/journald.conf.d",
    "/etc/systemd/system",
    "/etc/team-runtime",
    "/etc/tmpfiles.d",
    "/home",
    "/run/agents",
    "/usr/local/lib/team-runtime",
    "/var/lib/systemd/linger",
    "/var/lib/team-runtime",
    "/var/spool/cron",
)
# Made anew on each machine or at each run; that they are there counts, and whose they are. cloud-init writes the time
# into its sudoers file: what that means is in the policy.
CONTENT_DIFFERS = re.compile(
    r"/etc/ssh/ssh_host_.*|/etc/team-runtime/hop/.*|/home/deploy/.*|/etc/sudoers\.d/90-cloud-init-users"
)
TIME_IN_NAME = re.compile(r"\d{8}T\d{6}Z")


def digest(content: bytes) -> str:
    """A short name for a content."""
    return hashlib.sha256(content).hexdigest()[:16]


def described(path: Path) -> str:
    """Kind, mode, owner and content of one file."""
    status = path.lstat()
    text = f"{stat.filemode(status.st_mode)} {status.st_uid}:{status.st_gid}"
    if stat.S_ISLNK(status.st_mode):
        return f"{text} -> {path.readlink()}"
    if not stat.S_ISREG(status.st_mode) or CONTENT_DIFFERS.fullmatch(str(path)):
        return text
    if path.name.endswith(".tar.gz"):
        return f"{text} {packed(path)}"
    return f"{text} {digest(path.read_bytes())}"


def packed(archive: Path) -> list[str]:
    """What is in an archive."""
    with tarfile.open(archive) as members:
        return [
            f"{member.name} {member.mode:04o} {member.uid}:{member.gid}"
            + (f" {digest(content.read())}" if (content := members.extractfile(member)) else "")
            for member in members
        ]


def files() -> dict[str, object]:
    """Every file below the trees. Two archives of the same person stand as a list under one name."""
    found: dict[str, list[str]] = {}
    for tree in TREES:
        walked = [Path(tree), *sorted(Path(tree).rglob("*"))] if os.path.lexists(tree) else []
        for path in walked:
            found.setdefault(TIME_IN_NAME.sub("TIME", str(path)), []).append(described(path))
    return {name: states[0] if len(states) == 1 else states for name, states in found.items()}


def printed(*words: str) -> str:
    """What a program prints."""
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


def lines_of(path: str) -> list[str]:
    """The lines of a list of accounts or groups: their order, and that of a group's members, means nothing."""
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    return sorted(",".join(sorted(line.split(","))) if line.count(":") == 3 else line for line in lines)


def shadow() -> list[str]:
    """Each account's password field and the day on which it expires: not the day of the last change."""
    lines = [line.split(":") for line in Path("/etc/shadow").read_text(encoding="utf-8").splitlines()]
    return sorted(f"{fields[0]}:{fields[1][:1]}:{fields[7]}" for fields in lines)


def units() -> list[str]:
    """Which units that matter here run, or have failed. Which start with the machine, /etc/systemd/system says."""
    ours = ("agent-tmux@*", "team-runtime-*.timer", "team-runtime-firewall*", "ssh.service", "cron.service")
    listed = printed("systemctl", "list-units", "--all", "--no-legend", "--plain", *ours)
    return sorted(f"{line.split()[0]} {line.split()[2]}" for line in listed.splitlines())


def main() -> None:
    """Print the snapshot."""
    deploy = "user=deploy,host=localhost,addr=127.0.0.1"
    packages = "--showformat=${Package} ${Version} ${db:Status-Status}\\n"
    snapshot = {
        "accounts": lines_of("/etc/passwd"),
        "files": files(),
        "firewall": printed("nft", "--stateless", "list", "table", "inet", "team_runtime").splitlines(),
        "groups": lines_of("/etc/group"),
        "packages": printed("dpkg-query", "--show", packages).splitlines(),
        "shadow": shadow(),
        "sshd": {
            "deploy": sorted(printed("/usr/sbin/sshd", "-T", "-C", deploy).splitlines()),
            "root": sorted(printed("/usr/sbin/sshd", "-T").splitlines()),
        },
        "sudo": json.loads(printed("cvtsudoers", "-f", "json", "/etc/sudoers")),
        "units": units(),
        "without an owner": printed(
            "find", "/", "-xdev", "(", "-nouser", "-o", "-nogroup", ")", "-not", "-path", "/proc/*"
        ).splitlines(),
    }
    print(json.dumps(snapshot, indent=1, sort_keys=True))


main()
