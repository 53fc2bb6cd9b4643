"""Proves: the second wall. A document that could harm the machine is refused whole, with every problem."""

import json
import unittest
from collections.abc import Callable
from typing import Any

from team_host.document import parse_document
from team_host.errors import Refused

from test.host.sample import ALL, SERVER, WATCH, WES_KEY, ed25519, parsed, raw_document

Raw = dict[str, Any]


def change(*path_and_value: Any) -> Callable[[Raw], None]:
    """Set one value of the document, such as `change("accounts", "wes", "uid", 0)`."""
    *path, last, value = path_and_value

    def apply(raw: Raw) -> None:
        for step in path:
            raw = raw[step]
        raw[last] = value

    return apply


def drop(*path: str) -> Callable[[Raw], None]:
    """Remove one key of the document."""

    def apply(raw: Raw) -> None:
        for step in path[:-1]:
            raw = raw[step]
        del raw[path[-1]]

    return apply


def human(**fields: Any) -> Raw:
    """A person's account that would be fine, with `fields` different."""
    return {"kind": "human", "role": "lead", "state": "active", "uid": 30000} | fields


def agent(**fields: Any) -> Raw:
    """An agent's account that would be fine for an owner with uid 30000, with `fields` different."""
    return {"kind": "agent", "owner": "kim", "state": "active", "uid": 30001} | fields


# What is changed in a valid document, and a word of the sentence that refuses it.
HOSTILE: dict[str, tuple[Callable[[Raw], None], str]] = {
    "another server's document": (change("server", "dev-nadia"), "dev-nadia"),
    "no server": (drop("server"), "'server' is missing"),
    "a server that is no text": (change("server", 7), "the document is for 7"),
    "another version": (change("version", 2), "version"),
    "a version that is true": (change("version", True), "version"),
    "an unknown key": (change("triggers", []), "unknown key 'triggers'"),
    "accounts as a list": (change("accounts", []), "expected an object"),
    "keys as text": (change("keys", "x"), "expected an object"),
    "no sudoers": (drop("sudoers"), "'sudoers' is missing"),
    "root": (change("accounts", "root", human()), "not a login"),
    "the deploy user": (change("accounts", "deploy", human()), "not a login"),
    "a group of this program": (change("accounts", "team-leads", human()), "not a login"),
    "a group with power": (change("accounts", "docker", human()), "not a login"),
    "an upper-case login": (change("accounts", "Kim", human()), "not a login"),
    "ALL": (change("accounts", "ALL", human()), "not a login"),
    "a number": (change("accounts", "123", human()), "not a login"),
    "a path": (change("accounts", "../etc", human()), "not a login"),
    "a dot": (change("accounts", "k.im", human()), "not a login"),
    "an option": (change("accounts", "-kim", human()), "not a login"),
    "a line end": (change("accounts", "kim\n", human()), "not a login"),
    "a colon": (change("accounts", "kim:0", human()), "not a login"),
    "an empty login": (change("accounts", "", human()), "not a login"),
    "a look-alike": (change("accounts", "kіm", human()), "not a login"),
    "27 letters": (change("accounts", "k" * 27, human()), "not a login"),
    "a last hyphen": (change("accounts", "kim-", human()), "not a login"),
    "a person called as an agent": (change("accounts", "kim-agent", human()), "not a login"),
    "an agent called as a person": (change("accounts", "kim", agent()), "not a login"),
    "an unknown kind": (change("accounts", "wes", "kind", "admin"), "kind is 'admin'"),
    "a kind that is a list": (change("accounts", "wes", "kind", ["human"]), "kind is ['human']"),
    "an unknown role": (change("accounts", "wes", "role", "root"), "role is 'root'"),
    "a state in another case": (change("accounts", "wes", "state", "Active"), "state is 'Active'"),
    "a role of an agent": (change("accounts", "wes-agent", "role", "owner"), "unknown key 'role'"),
    "an unknown state": (change("accounts", "wes", "state", "on"), "state is 'on'"),
    "a shell": (change("accounts", "wes", "shell", "/bin/sh"), "unknown key 'shell'"),
    "groups": (change("accounts", "wes", "groups", ["sudo"]), "unknown key 'groups'"),
    "a uid that is too large to be a number": (change("accounts", "wes", "uid", 2**64), "uid is 18446744073709551616"),
    "half of a pair": (change("accounts", "k\ud800", human()), "not a login"),
    "no uid": (drop("accounts", "wes", "uid"), "'uid' is missing"),
    "uid 0": (change("accounts", "wes", "uid", 0), "uid is 0"),
    "uid of the deploy user": (change("accounts", "wes", "uid", 1000), "uid is 1000"),
    "uid of nobody": (change("accounts", "wes", "uid", 65534), "uid is 65534"),
    "a negative uid": (change("accounts", "wes", "uid", -1), "uid is -1"),
    "a uid that is true": (change("accounts", "wes", "uid", True), "uid is True"),
    "a uid that is text": (change("accounts", "wes", "uid", "20412"), "uid is '20412'"),
    "a uid with a fraction": (change("accounts", "wes", "uid", 20412.5), "uid is 20412.5"),
    "a uid twice": (change("accounts", "kim", human(uid=20412)), "same uid 20412"),
    "an agent whose uid is not next": (change("accounts", "wes-agent", "uid", 20999), "plus 1"),
    "an agent without a person": (change("accounts", "kim-agent", agent()), "kim is not an owner"),
    "an agent of a lead": (
        change("accounts", "marcus-agent", agent(owner="marcus", uid=20301)),
        "marcus is not an owner",
    ),
    "an agent of another person": (change("accounts", "wes-agent", "owner", "marcus"), "does not go with"),
    "an active agent of a leaver": (change("accounts", "wes", "state", "left"), "its state is not"),
    "an account that is no object": (change("accounts", "kim", 5), "expected an object"),
    "keys for root": (change("keys", "root", {"x": WES_KEY}), "'root': not an active human account"),
    "keys for the deploy user": (change("keys", "deploy", {"x": WES_KEY}), "not an active human account"),
    "keys for an agent": (
        change("keys", "wes-agent", {"x": f"{ed25519(9)} wes-agent"}),
        "not an active human account",
    ),
    "keys for a path": (change("keys", "../sshd_config", {"x": WES_KEY}), "not an active human account"),
    "keys as a list": (change("keys", "wes", [WES_KEY]), "expected an object"),
    "a key that is null": (change("keys", "wes", "SHA256:abc", None), "not one line"),
    "a key of two lines": (change("keys", "wes", "SHA256:abc", f"{WES_KEY}\n{WES_KEY}"), "not one line"),
    "a key with a command": (change("keys", "wes", "SHA256:abc", f'command="x" {WES_KEY}'), "not allowed"),
    "somebody else's key": (change("keys", "wes", "more", f"{ed25519(2)} wes"), "marcus has the same key"),
    "one key with options and without": (
        change("keys", "wes", "SHA256:abb", f"restrict {WES_KEY}"),
        "another line has the same key",
    ),
    "a label of two lines": (change("keys", "wes", "a\nb", WES_KEY), "not a label"),
    "root by sudo": (change("sudoers", "wes as root", f"wes ALL=(root) {ALL}"), "'root' is not an active agent"),
    "a person by sudo": (change("sudoers", "marcus as wes", f"marcus ALL=(wes) {ALL}"), "'wes' is not an active agent"),
    "an unmanaged agent": (
        change("sudoers", "wes as nadia-agent", f"wes ALL=(nadia-agent) {ALL}"),
        "'nadia-agent' is not an active agent",
    ),
    "an unmanaged user": (
        change("sudoers", "nadia as wes-agent", f"nadia ALL=(wes-agent) {ALL}"),
        "'nadia' is not an active account",
    ),
    "the deploy user by sudo": (
        change("sudoers", "wes as deploy", f"wes ALL=(deploy) {ALL}"),
        "'deploy' is not an active agent",
    ),
    "an agent that only watches itself": (
        change("sudoers", "wes-agent as wes-agent", f"wes-agent ALL=(wes-agent) {WATCH}"),
        "only be granted itself",
    ),
    "a rule under another label": (
        change("sudoers", "marcus as wes-agent", f"wes ALL=(wes-agent) {ALL}"),
        "the rule is for `wes as wes-agent`",
    ),
    "a rule that is null": (change("sudoers", "wes as wes-agent", None), "not one line"),
    "a rule of two lines": (
        change("sudoers", "wes as wes-agent", f"wes ALL=(wes-agent) {ALL}\nwes ALL=(ALL) ALL"),
        "not one line",
    ),
    "Defaults as a rule": (change("sudoers", "x", "Defaults !use_pty"), "is not a rule"),
}

NOT_DOCUMENTS = {
    "nothing": b"",
    "a list": b"[]",
    "null": b"null",
    "two documents": b"{}{}",
    "a key twice": json.dumps(raw_document()).encode().replace(b'"version"', b'"server": "dev-wes", "version"'),
    "NaN": b'{"version": NaN}',
    "Latin-1": b'{"server": "\xe9"}',
    "UTF-16": '{"server": "x"}'.encode("utf-16"),
    "deep nesting": b"[" * 100_000,
    "a huge number": b'{"version": ' + b"9" * 10_000 + b"}",
}


class DocumentTest(unittest.TestCase):
    """Documents as a whole."""

    def test_accepts_the_sample(self) -> None:
        document = parsed()
        self.assertEqual(sorted(document.accounts), ["marcus", "wes", "wes-agent"])
        self.assertEqual(document.keys["wes"], (WES_KEY,))
        self.assertEqual(document.grants["marcus as wes-agent"].target, "wes-agent")

    def test_accepts_a_leaver_on_their_own_server(self) -> None:
        raw = raw_document()
        raw["accounts"] = {
            "wes": {"kind": "human", "role": "owner", "state": "left", "uid": 20412},
            "wes-agent": {"kind": "agent", "owner": "wes", "state": "left", "uid": 20413},
        }
        raw["keys"] = raw["sudoers"] = {}
        self.assertFalse(parsed(raw).accounts["wes-agent"].active)

    def test_accepts_a_server_where_nobody_has_access(self) -> None:
        self.assertEqual(parsed(raw_document() | {"accounts": {}, "keys": {}, "sudoers": {}}).accounts, {})

    def test_refuses_what_could_harm(self) -> None:
        for what, (hostile, sentence) in HOSTILE.items():
            with self.subTest(what):
                raw = raw_document()
                hostile(raw)
                with self.assertRaises(Refused) as caught:
                    parsed(raw)
                self.assertIn(sentence, "\n".join(caught.exception.problems))

    def test_refuses_what_is_no_document(self) -> None:
        for what, data in NOT_DOCUMENTS.items():
            with self.subTest(what), self.assertRaises(Refused):
                parse_document(data, SERVER)

    def test_a_leaver_keeps_no_key_and_no_grant(self) -> None:
        raw = raw_document()
        for login in ("wes", "wes-agent"):
            raw["accounts"][login]["state"] = "left"
        with self.assertRaises(Refused) as caught:
            parsed(raw)
        text = "\n".join(caught.exception.problems)
        self.assertIn("keys: 'wes': not an active human account", text)
        self.assertIn("sudoers: 'wes as wes-agent': 'wes' is not an active account", text)
        self.assertIn("sudoers: 'marcus as wes-agent': 'wes-agent' is not an active agent account", text)

    def test_tells_every_problem_at_once(self) -> None:
        raw = raw_document()
        raw["server"] = "dev-nadia"
        raw["accounts"]["wes"]["uid"] = 0
        raw["keys"]["root"] = {"x": WES_KEY}
        raw["sudoers"]["wes as root"] = f"wes ALL=(root) {ALL}"
        with self.assertRaises(Refused) as caught:
            parsed(raw)
        text = "\n".join(caught.exception.problems)
        for word in ("dev-nadia", "uid is 0", "keys: 'root'", "'root' is not an active agent"):
            self.assertIn(word, text)

    def test_sentences_hold_no_control_character(self) -> None:
        raw = raw_document()
        raw["accounts"]["\x1b[31mkim\n"] = human()
        raw["sudoers"]["\x07"] = "\x1b]52;c;x\x07"
        with self.assertRaises(Refused) as caught:
            parsed(raw)
        for problem in caught.exception.problems:
            self.assertTrue(problem.isprintable(), problem)

    def test_the_order_of_the_input_does_not_matter(self) -> None:
        raw = raw_document()
        reversed_raw = {name: raw[name] for name in sorted(raw, reverse=True)}
        reversed_raw["sudoers"] = dict(reversed(list(raw["sudoers"].items())))
        self.assertEqual(parse_document(json.dumps(reversed_raw).encode(), SERVER), parsed())
