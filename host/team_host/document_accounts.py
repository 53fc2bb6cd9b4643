"""The accounts of an access document."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from team_host import names
from team_host.document_json import exact_keys
from team_host.names import UID_FIRST, UID_LAST, shown


@dataclass(frozen=True)
class Account:
    """One account of the document.

    `owner` is the login of an agent's person, and "" for a person. `active` is False for a leaver on their
    own kept server: the account stays, and can do nothing. `is_lead` is whether it is a person who may act as
    somebody else's agent here, be it that they are here only for that, or work here too.
    """

    login: str
    uid: int
    owner: str
    active: bool
    is_lead: bool = False

    @property
    def is_agent(self) -> bool:
        """Whether this is an agent's account."""
        return self.owner != ""


def check_accounts(raw: Mapping[str, Any]) -> tuple[dict[str, Account], list[str]]:
    """The accounts that are well-formed, by login, and a sentence for each thing that is not."""
    accounts: dict[str, Account] = {}
    problems: list[str] = []
    for login, fields in sorted(raw.items()):
        found = _field_problems(login, fields)
        problems += [f"accounts: {shown(login)}: {problem}" for problem in found]
        if not found:
            owner = fields["owner"] if fields["kind"] == "agent" else ""
            is_lead = fields.get("role") == "lead"
            accounts[login] = Account(login, fields["uid"], owner, fields["state"] == "active", is_lead)
    owners = {login for login in accounts if raw[login].get("role") == "owner"}
    for agent in (account for account in accounts.values() if account.is_agent):
        problems += [f"accounts: '{agent.login}': {problem}" for problem in _agent_problems(agent, accounts, owners)]
    return accounts, problems + _uid_problems(accounts)


def _field_problems(login: str, fields: Any) -> list[str]:
    if not isinstance(fields, dict):
        return [f"expected an object, got {shown(fields)}"]
    kind = fields.get("kind")
    if kind not in ("human", "agent"):
        return [f'kind is {shown(kind)}, not "human" or "agent"']
    problems = exact_keys(fields, {"kind", "role" if kind == "human" else "owner", "state", "uid"}, "the account")
    if problems:
        return problems
    is_login = names.is_human_login if kind == "human" else names.is_agent_login
    if not is_login(login):
        problems.append(f"not a login that a {kind} may have")
    if kind == "human" and fields["role"] not in ("owner", "lead"):
        problems.append(f'role is {shown(fields["role"])}, not "owner" or "lead"')
    if kind == "agent" and fields["owner"] != login.removesuffix(names.AGENT_SUFFIX):
        problems.append(f"owner is {shown(fields['owner'])}, which does not go with the login")
    if fields["state"] not in ("active", "left"):
        problems.append(f'state is {shown(fields["state"])}, not "active" or "left"')
    uid = fields["uid"]
    if type(uid) is not int or not UID_FIRST <= uid <= UID_LAST:
        problems.append(f"uid is {shown(uid)}, not a number from {UID_FIRST} to {UID_LAST}")
    return problems


def _agent_problems(agent: Account, accounts: Mapping[str, Account], owners: set[str]) -> list[str]:
    if agent.owner not in owners:
        return [f"its person {agent.owner} is not an owner in this document"]
    owner = accounts[agent.owner]
    problems = []
    if agent.uid != owner.uid + 1:
        problems.append(f"uid {agent.uid} is not the uid of {owner.login}, {owner.uid}, plus 1")
    if agent.active != owner.active:
        problems.append(f"its state is not the state of {owner.login}")
    return problems


def _uid_problems(accounts: Mapping[str, Account]) -> list[str]:
    first: dict[int, str] = {}
    problems = []
    for account in accounts.values():
        other = first.setdefault(account.uid, account.login)
        if other != account.login:
            problems.append(f"accounts: {other} and {account.login} have the same uid {account.uid}")
    return problems
