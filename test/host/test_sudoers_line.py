"""Proves: one form of rule is accepted, and nothing that sudo would read more widely."""

import unittest

from team_host.errors import Refused
from team_host.sudoers_line import Grant, parse_sudoers_line

from test.host.sample import ALL, WATCH

ACCEPTED = {
    f"marcus ALL=(wes-agent) {ALL}": Grant("marcus", "wes-agent", "", "ALL"),
    f"marcus ALL=(wes-agent) {WATCH}": Grant("marcus", "wes-agent", "", "/usr/local/lib/team-runtime/watch"),
    f"marcus ALL=(wes-agent) NOTAFTER=20261231235959Z {ALL}": Grant("marcus", "wes-agent", "20261231235959Z", "ALL"),
}

REFUSED = {
    "root by an empty target": f"wes ALL= {ALL}",
    "oneself by empty brackets": f"wes ALL=() {ALL}",
    "everybody": f"ALL ALL=(wes-agent) {ALL}",
    "every target": f"wes ALL=(ALL) {ALL}",
    "every target but root": f"wes ALL=(ALL,!root) {ALL}",
    "two targets": f"wes ALL=(wes-agent,root) {ALL}",
    "a group as target": f"wes ALL=(wes-agent:root) {ALL}",
    "a uid": f"#0 ALL=(wes-agent) {ALL}",
    "a target uid": f"wes ALL=(#0) {ALL}",
    "a group of users": f"%sudo ALL=(wes-agent) {ALL}",
    "a netgroup": f"+net ALL=(wes-agent) {ALL}",
    "two users": f"wes,marcus ALL=(wes-agent) {ALL}",
    "an alias": f"ADMINS ALL=(wes-agent) {ALL}",
    "another host": f"wes dev-nadia=(wes-agent) {ALL}",
    "SETENV": "wes ALL=(wes-agent) NOPASSWD:SETENV: ALL",
    "SETENV implied by ALL": "wes ALL=(wes-agent) NOPASSWD: ALL",
    "tags in another order": "wes ALL=(wes-agent) NOSETENV:NOPASSWD: ALL",
    "a password": "wes ALL=(wes-agent) PASSWD:NOSETENV: ALL",
    "another tag": "wes ALL=(wes-agent) NOPASSWD:NOSETENV:NOEXEC: ALL",
    "a negated command": "wes ALL=(wes-agent) NOPASSWD:NOSETENV: ALL, !/bin/sh",
    "a wildcard": "wes ALL=(wes-agent) NOPASSWD:NOSETENV: /usr/bin/*",
    "a wildcard after the wrapper": f"wes ALL=(wes-agent) {WATCH} *",
    "another command": "wes ALL=(wes-agent) NOPASSWD:NOSETENV: /bin/sh",
    "sudoedit": "wes ALL=(wes-agent) NOPASSWD:NOSETENV: sudoedit /etc/passwd",
    "a second rule": f"wes ALL=(wes-agent) {ALL}\nroot ALL=(ALL) ALL",
    "a rule after a colon": f"wes ALL=(wes-agent) {ALL} : ALL=(root) ALL",
    "a line end": f"wes ALL=(wes-agent) {ALL}\n",
    "a carriage return": f"wes ALL=(wes-agent) {ALL}\r",
    "a continued line": f"wes ALL=(wes-agent) {ALL}\\",
    "a comment after it": f"wes ALL=(wes-agent) {ALL} # fine",
    "an include": "@include /tmp/x",
    "an old include": "#includedir /tmp",
    "Defaults": "Defaults !use_pty",
    "Defaults of a user": "Defaults:wes !use_pty",
    "an alias definition": "User_Alias X = wes",
    "nothing": "",
    "a blank before it": f" wes ALL=(wes-agent) {ALL}",
    "two blanks": f"wes  ALL=(wes-agent) {ALL}",
    "a tab": f"wes\tALL=(wes-agent) {ALL}",
    "a look-alike letter": f"wеs ALL=(wes-agent) {ALL}",
    "a wide digit": f"wes ALL=(wes-agent) NOTAFTER=2026123123595９Z {ALL}",
    "an end without zone": f"wes ALL=(wes-agent) NOTAFTER=20261231235959 {ALL}",
    "an end that is a day": f"wes ALL=(wes-agent) NOTAFTER=20261231Z {ALL}",
    "an end that is no day": f"wes ALL=(wes-agent) NOTAFTER=20260230000000Z {ALL}",
    "an end in ISO form": f"wes ALL=(wes-agent) NOTAFTER=2026-12-31T23:59:59Z {ALL}",
    "a role": f"wes ALL=(wes-agent) ROLE=x {ALL}",
    "a working directory": f"wes ALL=(wes-agent) CWD=* {ALL}",
    "a root directory": f"wes ALL=(wes-agent) CHROOT=/tmp {ALL}",
    "a digest": "wes ALL=(wes-agent) NOPASSWD:NOSETENV: sha224:abc /bin/sh",
}


class SudoersLineTest(unittest.TestCase):
    """Rules one by one."""

    def test_accepts_the_one_form(self) -> None:
        for line, grant in ACCEPTED.items():
            with self.subTest(line):
                self.assertEqual(parse_sudoers_line(line), grant)

    def test_refuses_everything_else(self) -> None:
        for what, line in REFUSED.items():
            with self.subTest(what), self.assertRaises(Refused):
                parse_sudoers_line(line)
