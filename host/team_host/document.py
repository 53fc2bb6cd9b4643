"""The access document: who has an account here, with which keys, and who may act as which agent.

Checked here without any help from the program that wrote it: this is the second wall. Whatever gets past it
cannot give anybody root, a person's account, or an account that is not managed by team-runtime.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

from team_host.document_accounts import Account, check_accounts
from team_host.document_json import head_problems, mapping, parse_json
from team_host.document_lines import check_grants, check_keys
from team_host.errors import Refused
from team_host.sudoers_line import Grant

VERSION = 1


@dataclass(frozen=True)
class AccessDocument:
    """A document that passed every check.

    `accounts` by login; `keys` the lines of each login's file, in the order of their labels; `sudoers` the
    rules by label, in the order of the file; `grants` the same rules as data.
    """

    server: str
    accounts: Mapping[str, Account]
    keys: Mapping[str, tuple[str, ...]]
    sudoers: Mapping[str, str]
    grants: Mapping[str, Grant]

    @property
    def is_shared(self) -> bool:
        """Whether the server is nobody's own (`dev-LOGIN`), so that several people may be on it."""
        owners = {account.owner for account in self.accounts.values() if account.is_agent}
        return bool(owners) and self.server not in {f"dev-{owner}" for owner in owners}


def parse_document(data: bytes, hostname: str) -> AccessDocument:
    """Read and check a document for the machine `hostname`.

    Raises `Refused` with a sentence for every offending item.
    """
    raw = parse_json(data)
    problems = head_problems(raw, {"accounts", "keys", "sudoers"}, VERSION, hostname)
    accounts, found = check_accounts(mapping(raw, "accounts", problems))
    problems += found
    keys, found = check_keys(mapping(raw, "keys", problems), accounts)
    problems += found
    rules = mapping(raw, "sudoers", problems)
    grants, found = check_grants(rules, accounts)
    problems += found
    if problems:
        raise Refused(problems)
    return AccessDocument(hostname, _with_leads(accounts, grants), keys, dict(sorted(rules.items())), grants)


def _with_leads(accounts: Mapping[str, Account], grants: Mapping[str, Grant]) -> dict[str, Account]:
    """On a shared server, whoever works there may lead somebody else of it as well."""
    leading = {
        grant.user for grant in grants.values() if grant.user not in (grant.target, accounts[grant.target].owner)
    }
    return {
        login: dataclasses.replace(account, is_lead=True) if login in leading else account
        for login, account in accounts.items()
    }
