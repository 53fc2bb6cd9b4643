"""Whose agent to freeze or to thaw."""

from team_host.document_json import exact_keys, parse_json
from team_host.errors import Refused
from team_host.host import Host, observe
from team_host.host_accounts import HostAccount
from team_host.names import AGENT_SUFFIX, is_human_login, shown
from team_host.program import read_standard_input


def read_freeze_request() -> tuple[HostAccount, Host]:
    """The agent's account and the machine, from the request on standard input.

    Raises `Refused` when the login has no agent here that the applier made.
    """
    host = observe()
    agent = agent_of_request(read_standard_input())
    account = host.accounts.get(agent)
    if account is None or not host.manages(account):
        raise Refused([f"this server has no agent {agent} that team-runtime made"])
    return account, host


def agent_of_request(data: bytes) -> str:
    """The agent's login for a request `{"login": "wes"}`. Raises `Refused`."""
    raw = parse_json(data)
    problems = exact_keys(raw, {"login"}, "the input")
    login = raw.get("login", "")
    if "login" in raw and not (isinstance(login, str) and is_human_login(login)):
        problems.append(f"login: {shown(login)} is not the login of a person")
    if problems:
        raise Refused(problems)
    return f"{login}{AGENT_SUFFIX}"
