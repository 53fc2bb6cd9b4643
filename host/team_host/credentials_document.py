"""The credentials document: by what each agent of this machine gets into git hosts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from team_host.document_json import exact_keys, head_problems, parse_json
from team_host.errors import Refused
from team_host.names import is_agent_login, shown
from team_host.public_key import problem_of_key

VERSION = 1
# Names of files are made of these. No slash, and no dot at the beginning.
_HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*", re.ASCII)
_PORT = re.compile(r":[1-9][0-9]{0,4}", re.ASCII)
_GENERATION = re.compile(r"[a-z0-9][a-z0-9.-]{0,19}", re.ASCII)
_USER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}", re.ASCII)
_TOKEN = re.compile(r"[\x21-\x7e]{8,4096}", re.ASCII)


@dataclass(frozen=True)
class Key:
    """A key pair that this machine makes; `host_keys` are those by which the host is known (`TYPE BASE64`)."""

    generation: str
    host_keys: tuple[str, ...]


@dataclass(frozen=True)
class Token:
    """A token from the stack; `secret` is None in a question of an audit, which knows none."""

    generation: str
    user: str
    secret: str | None = field(repr=False)


@dataclass(frozen=True)
class Credentials:
    """Of one agent, by host."""

    agent: str
    keys: Mapping[str, Key]
    tokens: Mapping[str, Token]


def parse_credentials(data: bytes, hostname: str) -> list[Credentials]:
    """The credentials, sorted by agent. Raises `Refused` with a sentence for each offending item, none with a token."""
    try:
        raw = parse_json(data)
    except Refused:
        # Its own words quote the input.
        raise Refused(["the document is not a JSON object in which each key stands once"]) from None
    return read_credentials(raw, hostname, {"generation", "token", "user"})


def read_credentials(raw: Mapping[str, Any], hostname: str, of_a_token: set[str]) -> list[Credentials]:
    """The same from a document that is part of another one; `of_a_token` are the keys that a token must have."""
    problems = head_problems(raw, {"agents"}, VERSION, hostname)
    found = []
    for agent, row in sorted(_mapping(raw, "agents", problems).items()):
        wrong = _row_problems(agent, row, of_a_token)
        problems += [f"agents: {shown(agent)}: {problem}" for problem in wrong]
        if not wrong:
            keys = {host: Key(one["generation"], tuple(one["hostKeys"])) for host, one in sorted(row["keys"].items())}
            tokens = {
                host: Token(one["generation"], one["user"], one.get("token"))
                for host, one in sorted(row["tokens"].items())
            }
            found.append(Credentials(agent, keys, tokens))
    if problems:
        raise Refused(problems)
    return found


def _row_problems(agent: str, row: Any, of_a_token: set[str]) -> list[str]:
    if not isinstance(row, dict):
        return ["expected an object"]
    problems = exact_keys(row, {"keys", "tokens"}, "the credentials")
    if problems:
        return problems
    if not is_agent_login(agent):
        problems.append("is not the login of an agent")
    for host, key in _mapping(row, "keys", problems).items():
        problems += [f"keys: {shown(host)}: {problem}" for problem in _key_problems(host, key)]
    for host, token in _mapping(row, "tokens", problems).items():
        problems += [f"tokens: {shown(host)}: {problem}" for problem in _token_problems(host, token, of_a_token)]
    return problems


def _mapping(raw: Mapping[str, Any], name: str, problems: list[str]) -> dict[str, Any]:
    """The object under `name`; what is there instead is not shown, because it may be a token."""
    value = raw.get(name, {})
    if isinstance(value, dict):
        return value
    problems.append(f"{name}: expected an object")
    return {}


def is_git_host(text: str) -> bool:
    """Whether this is a host's name in lower case, without a port."""
    return len(text) <= 100 and _HOST.fullmatch(text) is not None


def _key_problems(host: str, key: Any) -> list[str]:
    if not isinstance(key, dict):
        return ["expected an object"]
    problems = exact_keys(key, {"generation", "hostKeys"}, "the key")
    if problems:
        return problems
    if not is_git_host(host):
        problems.append("is not the name of a host")
    if not _matches(_GENERATION, key["generation"]):
        problems.append("generation is not one")
    lines = key["hostKeys"]
    if not isinstance(lines, list) or not lines:
        return [*problems, "hostKeys: expected a list of at least one key"]
    for line in lines:
        words = line.split(" ") if isinstance(line, str) else []
        problem = problem_of_key(words[0], words[1]) if len(words) == 2 else "is not `TYPE BASE64`"
        if problem is not None:
            problems.append(f"a host key {problem}")
    return problems


def _token_problems(host: str, token: Any, wanted: set[str]) -> list[str]:
    """Whatever a token's row holds may be the token: nothing of it is shown."""
    if not isinstance(token, dict):
        return ["expected an object"]
    if set(token) != wanted:
        return [f"expected exactly the keys {', '.join(sorted(wanted))}"]
    problems = []
    if not is_git_host(_PORT.sub("", host, count=1)):
        problems.append("is not the name of a host")
    if not _matches(_GENERATION, token["generation"]):
        problems.append("generation is not one")
    if not _matches(_USER, token["user"]):
        problems.append("user is not one")
    if "token" in wanted and not _matches(_TOKEN, token["token"]):
        problems.append("token is not one")
    return problems


def _matches(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None
