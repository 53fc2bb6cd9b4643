import { describe, expect, test } from "vitest";
import { readLogin } from "../../config/logins";
import { problemsOf } from "./sample";

describe("a login that may be used", () => {
  test.each([
    "wes",
    "a",
    "w2",
    "anna-lena",
    "no",
    "on",
    "y",
    "yes",
    "off",
    "abcdefghijklmnopqrstuvwxyz",
    "agentina",
    "teamster",
    "deployer",
  ])("%s", (login) => {
    expect(readLogin(login)).toEqual({ ok: true, value: login });
  });
});

describe("a login that may not be used", () => {
  test.each<[login: string, sentence: string]>([
    ["", "is empty"],
    ["Wes", '"Wes" must be lower case'],
    ["WES", '"WES" must be lower case'],
    [
      "w.es",
      'contains "." at position 2, which is not allowed: sudo ignores files whose names contain a dot',
    ],
    ["wes_k", 'contains "_" at position 4, which is not allowed: only a–z, 0–9 and "-" are'],
    ["1wes", "must start with a letter: a number is read as a uid"],
    ["123", "must start with a letter"],
    ["-wes", 'must not start or end with "-"'],
    ["wes-", 'must not start or end with "-"'],
    ["wes--k", 'must not contain "--"'],
    ["abcdefghijklmnopqrstuvwxyzabcde", 'too long: 31 > 26 ("-agent" is added, and Linux allows 32)'],
    ["abcdefghijklmnopqrstuvwxyza", "too long: 27 > 26"],
    ["a".repeat(64), "too long: 64 > 26"],
    ["ALL", "reserved word in sudoers"],
    ["all", "reserved"],
    ...[",", "%", "+", "#", "!", "(", ")", "=", "\\", "*", "@", ":", "&", '"'].map(
      (character): [string, string] => [`wes${character}marcus`, "it has a meaning in sudoers"],
    ),
    ...["$", "`", ";", "|", "<", ">", "?", "[", "]", "{", "}", "'", "~", "^"].map(
      (character): [string, string] => [`wes${character}id`, "it has a meaning in a shell"],
    ),
    ["%sudo", "it has a meaning in sudoers"],
    ["#0", "it has a meaning in sudoers"],
    ["../etc", 'contains "." at position 1'],
    ["we/s", "it has a meaning in paths"],
    ["wes nadia", 'contains " " at position 4'],
    ["wes\n", "contains the control character U+000A (line feed) at position 4"],
    ["we\ts", "contains the control character U+0009 (tab) at position 3"],
    ["we\rs", "contains the control character U+000D (carriage return) at position 3"],
    ["we\0s", "contains the control character U+0000 (NUL) at position 3"],
    ["\u001b[31mwes", "contains the control character U+001B (escape) at position 1"],
    ["wéß", "contains U+00E9 at position 2"],
    ["w\u0435s", 'contains U+0435 at position 2, which only looks like "e"'],
    ["\u0261it", 'contains U+0261 at position 1, which only looks like "g"'],
    ["we\u200bs", "contains U+200B (zero width space) at position 3"],
    ["we\u202es", "contains U+202E (right-to-left override) at position 3"],
    ["\uff57es", "contains U+FF57 at position 1"],
    ["we\u0301s", "contains U+0301 at position 3"],
    ["\u{1d4c3}adia", "contains U+1D4C3 at position 1"],
    ["\ufb01ona", "contains U+FB01 at position 1"],
    ["na\u2011dia", 'contains U+2011 at position 3, which only looks like "-"'],
    ["1.5", 'contains "." at position 2'],
    ["0x1f", "must start with a letter"],
    ["1:20", 'contains ":" at position 2'],
    ["<<", 'contains "<" at position 1'],
    [" wes", 'contains " " at position 1'],
    ["\u{1f600}", "contains U+1F600 at position 1"],
    ["wes-agent", '"-agent", which is reserved for agent users'],
    ["Wes-Agent", '"-agent", which is reserved for agent users'],
    ["agent", "is used by this program, so it is reserved"],
    ["team-login", 'starts with "team-"'],
    ["systemd-network", 'starts with "systemd-"'],
    ["_apt", "is a system account"],
    ["ghp_0123456789abcdefghij", "looks like a secret"],
    ["sk-ant-api03-abcdef", "looks like a secret"],
  ])("%j", (login, sentence) => {
    const reading = readLogin(login);
    expect(reading).toMatchObject({
      ok: false,
      finding: { sentence: expect.stringContaining(sentence) as unknown },
    });
  });

  test.each([
    ...["root", "daemon", "nobody", "www-data", "sshd", "messagebus", "backup", "postgres", "Root"],
    ...["sudo", "adm", "docker", "staff", "users", "disk", "shadow", "lxd", "admin", "wheel"],
    ...["debian", "ubuntu", "deploy", "team", "null", "true", "false", "constructor"],
  ])("%s, which is reserved", (login) => {
    expect(readLogin(login)).toMatchObject({
      ok: false,
      finding: { sentence: expect.stringContaining("reserved") as unknown },
    });
  });
});

test("names that YAML 1.1 reads as booleans are names", () => {
  const problems = problemsOf("people: { no: {}, on: {}, y: {} }\n");
  expect(problems.filter((problem) => !/has no SSH key|has no type/.test(problem))).toEqual([]);
});

test("a problem with a name stands at the name, and the value under it is checked as well", () => {
  expect(problemsOf("defaults: { server: { type: cx22 } }\npeople:\n  w.es: { kyes: [] }\n")).toEqual([
    '3:3: people["w.es"]: "w.es" has no SSH key and could not log in.',
    expect.stringContaining('3:3: people["w.es"]: The login "w.es" contains "."'),
    expect.stringContaining(
      '3:11: people["w.es"].kyes: The key "kyes" is not known here. Did you mean "keys"?',
    ),
  ]);
});

test("two logins that differ only in case", () => {
  const problems = problemsOf(
    "defaults: { server: { type: cx22 } }\npeople:\n  wes: { left: 2026-01-01 }\n  Wes: { left: 2026-01-01 }\n",
  );
  expect(problems).toContain('4:3: people.Wes: "Wes" and "wes" differ only in case.');
});
