"""A valid access document, key material, and a machine on which it is in force; tests change one thing."""

import base64
import copy
import json
from typing import Any

from team_host import paths
from team_host.agent_unit import UnitState
from team_host.document import AccessDocument, parse_document
from team_host.host import FolderState, Host
from team_host.host_accounts import AGENT_MARKER, HUMAN_MARKER, HostAccount, HostGroup
from team_host.key_files import render_keys
from team_host.processes import Process
from team_host.record import Record
from team_host.sudoers_file import render_sudoers

SERVER = "dev-wes"
ALL = "NOPASSWD:NOSETENV: ALL"
WATCH = "NOPASSWD:NOSETENV: /usr/local/lib/team-runtime/watch"


def blob(*fields: bytes) -> str:
    """The base64 text of a key made of these fields."""
    return base64.b64encode(b"".join(len(field).to_bytes(4, "big") + field for field in fields)).decode()


def ed25519(fill: int) -> str:
    """A key of the right shape; `fill` makes it different from others."""
    return f"ssh-ed25519 {blob(b'ssh-ed25519', bytes([fill]) * 32)}"


WES_KEY = f"{ed25519(1)} wes"
MARCUS_KEY = f'restrict,pty,from="192.0.2.13" {ed25519(2)} marcus@dev-marcus'

DOCUMENT: dict[str, Any] = {
    "accounts": {
        "marcus": {"kind": "human", "role": "lead", "state": "active", "uid": 20300},
        "wes": {"kind": "human", "role": "owner", "state": "active", "uid": 20412},
        "wes-agent": {"kind": "agent", "owner": "wes", "state": "active", "uid": 20413},
    },
    "keys": {"marcus": {"hop key of dev-marcus": MARCUS_KEY}, "wes": {"SHA256:abc": WES_KEY}},
    "server": SERVER,
    "sudoers": {
        "marcus as wes-agent": f"marcus ALL=(wes-agent) {ALL}",
        "wes as wes-agent": f"wes ALL=(wes-agent) {ALL}",
        "wes-agent as wes-agent": f"wes-agent ALL=(wes-agent) {ALL}",
    },
    "version": 1,
}


def raw_document() -> dict[str, Any]:
    """A copy of the sample that a test may change."""
    return copy.deepcopy(DOCUMENT)


def without_marcus() -> dict[str, Any]:
    """The sample after Marcus's grant was revoked: his account, key and rule are gone."""
    raw = raw_document()
    del raw["accounts"]["marcus"], raw["keys"]["marcus"], raw["sudoers"]["marcus as wes-agent"]
    return raw


def parsed(raw: dict[str, Any] | None = None) -> AccessDocument:
    """The document as the applier sees it."""
    return parse_document(json.dumps(raw if raw is not None else DOCUMENT).encode(), SERVER)


def host_account(login: str, uid: int, **fields: Any) -> HostAccount:
    """An account as the applier makes it, with `fields` different."""
    agent = login.endswith("-agent")
    human_groups = {paths.LOGIN_GROUP, paths.LEAD_GROUP} if login == "marcus" else {paths.LOGIN_GROUP}
    usual: dict[str, Any] = {
        "gid": uid,
        "full_name": AGENT_MARKER + login.removesuffix("-agent") if agent else HUMAN_MARKER,
        "home": f"/home/{login}",
        "shell": "/bin/bash",
        "groups": frozenset({paths.AGENT_GROUP} if agent else human_groups),
        "locked": True,
        "expired": False,
    }
    return HostAccount(login=login, uid=uid, **(usual | fields))


def host_in_force(**fields: Any) -> Host:
    """The machine after the sample document was applied, with `fields` different."""
    document = parsed()
    accounts = {login: host_account(login, one.uid) for login, one in document.accounts.items()}
    accounts["deploy"] = host_account("deploy", 1000, full_name="team-runtime deploy user")
    people = frozenset({"deploy", "marcus", "wes"})
    own = {login: HostGroup(login, one.uid, frozenset()) for login, one in accounts.items()}
    usual: dict[str, Any] = {
        "accounts": accounts,
        "groups": own
        | {
            paths.LOGIN_GROUP: HostGroup(paths.LOGIN_GROUP, 999, people),
            paths.AGENT_GROUP: HostGroup(paths.AGENT_GROUP, 998, frozenset({"wes-agent"})),
            paths.LEAD_GROUP: HostGroup(paths.LEAD_GROUP, 997, frozenset({"marcus"})),
        },
        "sudoers": render_sudoers(document.sudoers.values()),
        "key_files": {login: render_keys(lines) for login, lines in document.keys.items()}
        | {"deploy": render_keys(["ssh-ed25519 AAAA deploy"])},
        "homes": {login: FolderState(True, 0o700, one.uid, one.gid) for login, one in accounts.items()},
        "units": {"wes-agent": UnitState(enabled=True, active=True)},
        "record": Record({one.uid: one.login for one in document.accounts.values()}, raw_document()),
    }
    return Host(**(usual | fields))


def process(pid: int, parent: int, name: str, real_uid: int, **fields: Any) -> Process:
    """A process of `real_uid`, in no terminal and no login session unless `fields` say so."""
    usual: dict[str, Any] = {
        "program": f"/usr/bin/{name}",
        "title": name,
        "start": pid * 10,
        "start_time": float(pid),
        "terminal": None,
        "effective_uid": real_uid,
        "saved_uid": real_uid,
        "user_slices": frozenset(),
        "services": frozenset(),
    }
    return Process(pid=pid, parent=parent, name=name, real_uid=real_uid, **(usual | fields))
