"""Proves: a key line is one whole key with harmless options, and names its person."""

import unittest

from team_host.errors import Refused
from team_host.key_line import parse_key_line
from team_host.public_key import problem_of_key

from test.host.sample import blob, ed25519

KEY = ed25519(7)
POINT = b"\x04" + b"p" * 64


def rsa(bits: int) -> str:
    """An RSA key whose modulus has this many bits."""
    return blob(b"ssh-rsa", b"\x01\x00\x01", b"\x00" + (1 << (bits - 1)).to_bytes(bits // 8, "big"))


WHOLE_KEYS = {
    "ssh-ed25519": blob(b"ssh-ed25519", b"k" * 32),
    "sk-ssh-ed25519@openssh.com": blob(b"sk-ssh-ed25519@openssh.com", b"k" * 32, b"ssh:"),
    "ecdsa-sha2-nistp256": blob(b"ecdsa-sha2-nistp256", b"nistp256", POINT),
    "sk-ecdsa-sha2-nistp256@openssh.com": blob(b"sk-ecdsa-sha2-nistp256@openssh.com", b"nistp256", POINT, b"ssh:"),
    "ssh-rsa": rsa(3072),
}

BROKEN_KEYS = {
    "RSA of 2048 bits": ("ssh-rsa", rsa(2048)),
    "DSA": ("ssh-dss", blob(b"ssh-dss", b"k" * 32)),
    "a certificate": ("ssh-ed25519-cert-v01@openssh.com", blob(b"ssh-ed25519-cert-v01@openssh.com", b"k" * 32)),
    "another type inside": ("ssh-ed25519", blob(b"ssh-rsa", b"k" * 32)),
    "cut off": ("ssh-ed25519", blob(b"ssh-ed25519", b"k" * 32)[:-4]),
    "bytes after the end": ("ssh-ed25519", blob(b"ssh-ed25519", b"k" * 32, b"more")),
    "a short key": ("ssh-ed25519", blob(b"ssh-ed25519", b"k" * 31)),
    "another curve": ("ecdsa-sha2-nistp256", blob(b"ecdsa-sha2-nistp256", b"nistp384", POINT)),
    "a compressed point": ("ecdsa-sha2-nistp256", blob(b"ecdsa-sha2-nistp256", b"nistp256", b"\x02" + b"p" * 64)),
    "no key": ("ssh-ed25519", ""),
    "bits after the end of the base64 text": ("ssh-ed25519", blob(b"ssh-ed25519", b"k" * 32)[:-2] + "b="),
}

SECURITY_KEY = f"sk-ssh-ed25519@openssh.com {WHOLE_KEYS['sk-ssh-ed25519@openssh.com']}"

ACCEPTED_OPTIONS = [
    "",
    "restrict ",
    "restrict,pty ",
    'restrict,pty,from="192.0.2.13" ',
    'restrict,pty,from="192.0.2.13,2001:db8::/64" ',
    'restrict,pty,from="192.0.2.13",expiry-time="20261231235959Z" ',
]

REFUSED_OPTIONS = [
    'command="/bin/sh" ',
    'restrict,command="/bin/sh" ',
    'environment="LD_PRELOAD=/tmp/x" ',
    "cert-authority ",
    'principals="root" ',
    "port-forwarding ",
    "restrict,agent-forwarding ",
    'restrict,permitopen="*:*" ',
    'tunnel="0" ',
    "pty ",
    'from="192.0.2.13" ',
    'restrict,from="*" ',
    'restrict,from="!192.0.2.13" ',
    'restrict,from="192.0.2.13/8" ',
    'restrict,from="" ',
    "restrict,from ",
    'restrict="1" ',
    "restrict,restrict ",
    'restrict,expiry-time="20260230000000Z" ',
    'restrict,expiry-time="20261231" ',
    'restrict,from="192.0.2.13",from="192.0.2.14" ',
    "RESTRICT ",
    "verify-required ",
    "restrict,verify-required ",
    "no-touch-required ",
    "restrict, ",
    ",restrict ",
]

REFUSED_LINES = [
    f"{KEY}",
    f"{KEY} marcus",
    f"{KEY} wes and more",
    f"{KEY} wes\n{ed25519(8)} wes",
    f"{KEY} wes\n",
    f"{KEY} wes@",
    f"{KEY} wes@dev_marcus",
    f"{KEY} wes@a@b",
    f"{KEY} Wes",
    f"{KEY}  wes",
    f" {KEY} wes",
    f"#{KEY} wes",
    f"{KEY}\twes",
    f"{KEY} $(id)",
    "",
    "-----BEGIN OPENSSH PRIVATE KEY-----",
]


class KeyLineTest(unittest.TestCase):
    """Lines one by one."""

    def test_accepts_every_kind_of_whole_key(self) -> None:
        for kind, text in WHOLE_KEYS.items():
            with self.subTest(kind):
                self.assertIsNone(problem_of_key(kind, text))

    def test_refuses_broken_keys(self) -> None:
        for what, (kind, text) in BROKEN_KEYS.items():
            with self.subTest(what):
                self.assertIsNotNone(problem_of_key(kind, text))

    def test_accepts_harmless_options(self) -> None:
        for options in ACCEPTED_OPTIONS:
            with self.subTest(options):
                self.assertEqual(parse_key_line(f"{options}{KEY} wes", "wes").key, KEY)

    def test_refuses_other_options(self) -> None:
        for options in REFUSED_OPTIONS:
            with self.subTest(options), self.assertRaises(Refused):
                parse_key_line(f"{options}{KEY} wes", "wes")

    def test_accepts_that_a_security_key_must_verify_its_user(self) -> None:
        line = f"verify-required {SECURITY_KEY} wes"
        self.assertEqual(parse_key_line(line, "wes").key, SECURITY_KEY)

    def test_refuses_every_other_option_of_a_security_key(self) -> None:
        for options in (*REFUSED_OPTIONS, "verify-required,pty ", "verify-required,verify-required "):
            if options == "verify-required ":
                continue
            with self.subTest(options), self.assertRaises(Refused):
                parse_key_line(f"{options}{SECURITY_KEY} wes", "wes")

    def test_refuses_other_lines(self) -> None:
        for line in REFUSED_LINES:
            with self.subTest(line), self.assertRaises(Refused):
                parse_key_line(line, "wes")

    def test_tells_every_problem_of_a_line(self) -> None:
        with self.assertRaises(Refused) as caught:
            parse_key_line('command="x",expiry-time="1" ssh-dss AAAA marcus', "wes")
        self.assertEqual(len(caught.exception.problems), 5)
