import { describe, expect, test } from "vitest";
import { changed, keyLine, problemsOf, validText, warningsOf } from "./sample";

/**
 * One line per rule: the valid file with one change, and the one problem that it must give. The text must be the start of
 * the sentence. That every problem comes with a position and a remedy is shown in problems.test.ts.
 */
type Row = readonly [rule: string, from: string, to: string, problem: string];

function each(rows: readonly Row[]): void {
  test.each(rows)("%s", (_rule, from, to, problem) => {
    const problems = problemsOf(changed(from, to));
    expect(problems).toEqual([expect.stringMatching(startOf(problem))]);
  });
}

function startOf(text: string): RegExp {
  return new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}`);
}

test("the file from which all of them start is valid", () => {
  expect(problemsOf(validText)).toEqual([]);
  expect(warningsOf(validText)).toEqual([]);
});

describe("the form", () => {
  each([
    [
      "an unknown key at the top",
      "grants:",
      "grant:",
      '24:1: grant: The key "grant" is not known here. Did you mean "grants"?',
    ],
    [
      "a key of other programs",
      "until:",
      "expiresAt:",
      '30:5: grants[1].expiresAt: The key "expiresAt" is not known here. Did you mean "until"?',
    ],
    [
      "an unknown key of a server",
      "type: cpx31",
      "typ: cpx31",
      '14:15: people.nadia.server.typ: The key "typ" is not known here. Did you mean "type"?',
    ],
    [
      "a list that is text",
      "agents: [claude]",
      "agents: claude",
      '3:11: defaults.agents: Expected a list, got the text "claude".',
    ],
    [
      "a mapping that is a list",
      "server: { type: cpx31 }",
      "server: [cpx31]",
      "14:13: people.nadia.server: Expected a mapping, got a list.",
    ],
    [
      "text that is a list",
      "reason: onboarding",
      "reason: [onboarding]",
      "31:13: grants[1].reason: Expected text, got a list.",
    ],
    [
      "a key without a value",
      "    mode: watch",
      "    mode:",
      '29:5: grants[1].mode: Expected one of "attach", "watch", got nothing.',
    ],
    [
      "a value that is missing",
      "  - lead: marcus\n    over: wes",
      "  - lead: marcus",
      '25:5: grants[0].over: The key "over" is missing.',
    ],
    [
      "an unknown mode",
      "mode: watch",
      "mode: wacth",
      '29:11: grants[1].mode: "wacth" is not supported here. Did you mean "watch"?',
    ],
    [
      "an unknown agent",
      "[claude, codex]",
      "[claude, codx]",
      '10:22: people.wes.agents[1]: "codx" is not supported here. Did you mean "codex"?',
    ],
    [
      "an agent with a command behind it",
      "[claude, codex]",
      '[claude, "codex; rm -rf /"]',
      '10:22: people.wes.agents[1]: "codex; rm -rf /" is not supported here.',
    ],
    [
      "an agent in a version that moves",
      "[claude, codex]",
      "[claude, codex@latest]",
      '10:22: people.wes.agents[1]: "codex@latest" is not supported here.',
    ],
    [
      "an agent from a URL",
      "[claude, codex]",
      "[claude, http://example.com/codex]",
      '10:22: people.wes.agents[1]: "http://example.com/codex" is not supported here.',
    ],
    [
      "an agent named twice",
      "[claude, codex]",
      "[claude, claude]",
      '10:22: people.wes.agents[1]: "claude" is listed twice.',
    ],
    [
      "an image that is not supported",
      "image: debian-12",
      "image: ubuntu-24.04",
      '2:32: defaults.server.image: "ubuntu-24.04" is not supported here.',
    ],
    [
      "an image by a number that is none",
      "image: debian-12",
      "image: 012",
      '2:32: defaults.server.image: "012" is not supported here.',
    ],
    [
      "backups that are neither on nor off",
      "image: debian-12",
      "backups: yes",
      '2:34: defaults.server.backups: "yes" is neither true nor false.',
    ],
    [
      "a server type with a typing error",
      "type: cpx31",
      "type: cpx-31",
      '14:21: people.nadia.server.type: "cpx-31" is not a server type of Hetzner Cloud.',
    ],
    [
      "a server type in capitals",
      "type: cpx31",
      "type: CPX31",
      '14:21: people.nadia.server.type: "CPX31" is not a server type of Hetzner Cloud.',
    ],
    [
      "no server type anywhere",
      "  server: { type: cx22, image: debian-12 }\n",
      "",
      '4:3: people.wes: The server of "wes" (and of 2 more) has no type.',
    ],
    [
      "a display name with a control character",
      "name: Wes Example",
      'name: "Wes\\e[31m"',
      "6:11: people.wes.name: The value contains the control character U+001B (escape) at position 4.",
    ],
    [
      "a reason that is too long",
      "reason: onboarding",
      `reason: ${"x".repeat(201)}`,
      "31:13: grants[1].reason: The text has 201 characters, more than 200.",
    ],
  ]);
});

describe("uids", () => {
  each([
    ["below the range", "uid: 3000", "uid: 1999", "18:10: people.marcus.uid: The uid 1999 is out of range."],
    [
      "above the range",
      "uid: 3000",
      "uid: 59999",
      "18:10: people.marcus.uid: The uid 59999 is out of range.",
    ],
    ["of nobody", "uid: 3000", "uid: 65534", "18:10: people.marcus.uid: The uid 65534 is out of range."],
    ["octal", "uid: 3000", "uid: 0o5670", '18:10: people.marcus.uid: "0o5670" is not a uid'],
    ["with a leading zero", "uid: 3000", "uid: 03000", '18:10: people.marcus.uid: "03000" is not a uid'],
    ["with an exponent", "uid: 3000", "uid: 3e3", '18:10: people.marcus.uid: "3e3" is not a uid'],
    ["negative", "uid: 3000", "uid: -3000", '18:10: people.marcus.uid: "-3000" is not a uid'],
    [
      "of a leaver",
      "uid: 3000",
      "uid: 2004",
      '21:10: people.kim.uid: The uid 2004 (or 2005, which the agent gets) belongs to "marcus"',
    ],
    [
      "of a leaver's agent",
      "uid: 3000",
      "uid: 2005",
      '21:10: people.kim.uid: The uid 2004 (or 2005, which the agent gets) belongs to "marcus"',
    ],
    [
      "whose agent would get a leaver's",
      "uid: 3000",
      "uid: 2003",
      '21:10: people.kim.uid: The uid 2004 (or 2005, which the agent gets) belongs to "marcus"',
    ],
    [
      "that somebody else derives",
      "uid: 3000",
      "uid: 56728",
      '18:10: people.marcus.uid: The uid 56728 (or 56729, which the agent gets) belongs to "wes"',
    ],
  ]);

  test("a leaver who stands above keeps the uid, with the day", () => {
    const text = changed(
      "  marcus:\n",
      `  zoe: { uid: 2005, keys: ['${keyLine("zoe")}'] }\n  marcus:\n`,
    ).replace("  kim:\n    left: 2026-03-01\n    uid: 2004\n", "");
    const problems = problemsOf(
      text.replace("people:\n", "people:\n  kim: { left: 2026-03-01, uid: 2004 }\n"),
    );
    expect(problems).toEqual([
      expect.stringContaining(
        'already belonged to "kim" (left 2026-03-01); uids are never shared or reused.',
      ),
    ]);
  });
});

describe("people", () => {
  const zoe = (entry: string): string => `  zoe: ${entry}\ngrants:`;
  each([
    ["no key", "grants:", zoe("{}"), '24:3: people.zoe: "zoe" has no SSH key and could not log in.'],
    [
      "an empty list of keys",
      "grants:",
      zoe("{ keys: [] }"),
      '24:3: people.zoe: "zoe" has no SSH key and could not log in.',
    ],
    ["an entry without a value", "grants:", zoe(""), "24:3: people.zoe: Expected a mapping, got nothing."],
    [
      "a key of somebody else",
      "grants:",
      zoe(`{ keys: ['${keyLine("wes")}'] }`),
      "24:17: people.zoe.keys[0]: The key SHA256:",
    ],
    ["a key twice", keyLine("wes-tablet"), keyLine("wes"), "9:9: people.wes.keys[1]: The key SHA256:"],
    [
      "a day of leaving that does not exist",
      "left: 2026-03-01",
      "left: 2026-02-30",
      '20:11: people.kim.left: "2026-02-30" is a day that the calendar does not have.',
    ],
    [
      "a day of leaving with a time",
      "left: 2026-03-01",
      "left: 2026-03-01T00:00:00Z",
      '20:11: people.kim.left: "2026-03-01T00:00:00Z" is not a day.',
    ],
    [
      "leaving without a day",
      "{ on: 2026-02-01, server: destroyed }",
      "{ server: destroyed }",
      '23:5: people.lou.left.on: The key "on" is missing.',
    ],
    [
      "an unknown fate of the server",
      "server: destroyed }",
      "server: delete }",
      '23:37: people.lou.left.server: "delete" is not supported here.',
    ],
  ]);

  test("lists and mappings in each other's place", () => {
    expect(problemsOf("people: []\n")).toContainEqual(
      expect.stringContaining("1:9: people: Expected a mapping, got a list."),
    );
    const text = `${validText.slice(0, validText.indexOf("grants:"))}grants: {}\n`;
    expect(problemsOf(text)).toEqual([expect.stringContaining("grants: Expected a list, got a mapping.")]);
  });

  test("nobody at all", () => {
    expect(problemsOf("people: {}\n")).toEqual([
      "1:9: people: There is nobody in the team. Nobody could log in anywhere.",
    ]);
  });

  test("everybody has left", () => {
    expect(problemsOf("people: { kim: { left: { on: 2026-03-01, server: destroyed } } }\n")).toEqual([
      "1:9: people: Everybody in the team has left. Nobody could log in anywhere.",
    ]);
  });

  test("a day of leaving that lies ahead is allowed, with a warning", () => {
    const text = changed("left: 2026-03-01", "left: 2027-03-01");
    expect(problemsOf(text)).toEqual([]);
    expect(warningsOf(text)).toEqual([
      expect.stringMatching(
        /^20:11: people\.kim\.left: The day lies ahead, but the access of "kim" ends with the next apply/,
      ),
    ]);
  });

  test("more than 2,000 people", () => {
    const people = Array.from(
      { length: 2001 },
      (_, index) => `  p${index}: { left: { on: 2026-03-01, server: destroyed } }\n`,
    ).join("");
    expect(problemsOf(`people:\n${people}`)).toEqual(["2:3: people: There are 2001 people, more than 2000."]);
  });
});

describe("grants", () => {
  each([
    [
      "an unknown lead",
      "lead: marcus\n    over: wes",
      "lead: marcsu\n    over: wes",
      '25:11: grants[0].lead: "marcsu" is not in people. Did you mean "marcus"?',
    ],
    [
      "an unknown person led",
      "over: wes",
      "over: wse",
      '26:11: grants[0].over: "wse" is not in people. Did you mean "wes"?',
    ],
    [
      "an agent",
      "over: wes",
      "over: wes-agent",
      '26:11: grants[0].over: "wes-agent" is an agent; grants name people.',
    ],
    [
      "root",
      "over: wes",
      "over: root",
      '26:11: grants[0].over: "root" is not a person: nobody gets root by a grant.',
    ],
    [
      "everybody, as *",
      "over: wes",
      'over: "*"',
      '26:11: grants[0].over: "*" would mean everybody, and a grant names one person.',
    ],
    [
      "everybody, as a word",
      "over: wes",
      "over: everyone",
      '26:11: grants[0].over: "everyone" would mean everybody',
    ],
    ["everybody, as ALL", "over: wes", "over: ALL", '26:11: grants[0].over: "ALL" would mean everybody'],
    ["a sudoers list", "over: wes", "over: wes,root", '26:11: grants[0].over: "wes,root" is not in people.'],
    [
      "a person whom every object has",
      "over: wes",
      "over: constructor",
      '26:11: grants[0].over: "constructor" is not in people.',
    ],
    ["oneself", "over: wes", "over: marcus", '25:5: grants[0]: "marcus" already has their own agent.'],
    [
      "a leaver as lead",
      "lead: marcus\n    over: wes",
      "lead: kim\n    over: wes",
      '25:11: grants[0].lead: The leaver "kim" (left 2026-03-01) is still named in this grant.',
    ],
    [
      "a leaver as led",
      "over: wes",
      "over: lou",
      '26:11: grants[0].over: The leaver "lou" (left 2026-02-01) is still named in this grant.',
    ],
    [
      "one pair twice",
      "over: nadia",
      "over: wes",
      '27:5: grants[1]: "marcus" over "wes" is granted already in grants[0].',
    ],
    [
      "an end in the past",
      "until: 2026-12-31T23:59:59Z",
      "until: 2026-11-22T12:00:00Z",
      "30:12: grants[1].until: The grant ended at 2026-11-22T12:00:00Z, which is in the past.",
    ],
    [
      "an end in the past because of its zone",
      "until: 2026-12-31T23:59:59Z",
      "until: 2026-11-22T13:30:00+02:00",
      "30:12: grants[1].until: The grant ended at 2026-11-22T11:30:00Z",
    ],
    [
      "an end too far ahead",
      "until: 2026-12-31T23:59:59Z",
      "until: 2027-11-23T12:00:01Z",
      "30:12: grants[1].until: The grant ends at 2027-11-23T12:00:01Z, more than 366 days ahead.",
    ],
    [
      "an end without a time",
      "until: 2026-12-31T23:59:59Z",
      "until: 2026-12-31",
      '30:12: grants[1].until: "2026-12-31" is a date without a time',
    ],
  ]);

  test("two who lead each other are allowed, with a warning", () => {
    const text = `${validText}  - { lead: wes, over: marcus }\n`;
    expect(problemsOf(text)).toEqual([]);
    expect(warningsOf(text)).toEqual(['25:5: grants[0]: "marcus" and "wes" lead each other.']);
  });

  test("the farthest end that is allowed", () => {
    expect(problemsOf(changed("until: 2026-12-31T23:59:59Z", "until: 2027-11-23T12:00:00Z"))).toEqual([]);
  });

  test("grants may be left out", () => {
    expect(problemsOf(validText.slice(0, validText.indexOf("grants:")))).toEqual([]);
  });
});
