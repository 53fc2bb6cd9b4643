import { describe, expect, test } from "vitest";
import { codePoint } from "../../config/show";
import { changed, keyLine, parse, problemsOf, validText } from "./sample";

/** The first problem, which must be the only one. */
function only(text: string | Uint8Array): string {
  const problems = problemsOf(text);
  expect(problems).toHaveLength(1);
  return problems[0] ?? "";
}

describe("encodings", () => {
  test("a byte order mark and CRLF are accepted, and give the same team", () => {
    const result = parse(`\ufeff${validText.replaceAll("\n", "\r\n")}`);
    expect(result).toEqual(parse(validText));
    expect(result.ok).toBe(true);
  });

  test("positions do not count a byte order mark", () => {
    expect(only(`\ufeff${validText}grant: []\n`)).toMatch(/^32:1: grant: /);
    expect(only(`\ufeff[]\n`)).toMatch(/^1:1: /);
  });

  test.each<[what: string, bytes: Uint8Array, sentence: string]>([
    [
      "UTF-16, little endian, marked",
      Buffer.from(`\ufeff${validText}`, "utf16le"),
      "The file is in UTF-16, not in UTF-8.",
    ],
    [
      "UTF-16, big endian, marked",
      Buffer.from(`\ufeff${validText}`, "utf16le").swap16(),
      "The file is in UTF-16, not in UTF-8.",
    ],
    [
      "UTF-16, not marked",
      Buffer.from(validText, "utf16le"),
      "The file is in UTF-16 or UTF-32, not in UTF-8.",
    ],
    ["UTF-32", Buffer.from("fffe000061000000", "hex"), "The file is in UTF-32, not in UTF-8."],
    [
      "Latin-1",
      Buffer.from("people: {}\n# Ren\u00e9\n", "latin1"),
      "The file is not UTF-8: the byte 0xE9 on line 2, column 6 is not part of a character; it may be Latin-1",
    ],
    [
      "a character that is cut off",
      Buffer.from("people: {} # \xe2\x82", "latin1"),
      "The file is not UTF-8: the byte 0xE2 on line 1, column 14",
    ],
    [
      "an overlong form",
      Buffer.from("c0af", "hex"),
      "The file is not UTF-8: the byte 0xC0 on line 1, column 1",
    ],
    ["a half of a pair", Buffer.from("eda080", "hex"), "The file is not UTF-8"],
    ["10 MB", Buffer.alloc(10 * 1024 * 1024, "#"), "The file is larger than 1 MB"],
  ])("%s", (_what, bytes, sentence) => {
    expect(only(bytes)).toContain(sentence);
  });
});

describe("characters that a reviewer cannot see", () => {
  test.each<[what: string, from: string, to: string, problem: string]>([
    [
      "NUL",
      "over: wes",
      "over: w\0es",
      "26:12: grants[0].over: The file contains the control character U+0000 (NUL)",
    ],
    [
      "an escape sequence",
      "over: wes",
      "over: \u001b[2Kwes",
      "26:11: grants[0].over: The file contains the control character U+001B (escape)",
    ],
    [
      "an override of direction in a comment",
      "grants:",
      "grants: # \u202e",
      "24:11: (file): The file contains the invisible character U+202E (right-to-left override)",
    ],
    [
      "a zero-width space in a key",
      "  wes:",
      "  w\u200bes:",
      '5:4: people["w\\u{200b}es"]: The file contains the invisible character U+200B (zero width space)',
    ],
    [
      "a carriage return by itself",
      "over: wes",
      "over: nadia\r    over: wes",
      ": The file contains the control character U+000D (carriage return)",
    ],
    [
      "a line separator",
      "reason: onboarding",
      "reason: on\u2028boarding",
      "31:15: grants[1].reason: The file contains the invisible character U+2028 (line separator)",
    ],
    [
      "a tag character",
      "over: wes",
      "over: wes # \u{e0041}",
      "26:17: grants[0]: The file contains the invisible character U+E0041",
    ],
    [
      "a private character",
      "over: wes",
      "over: wes # \ue000",
      "The file contains the invisible character U+E000",
    ],
    ...["\u034f", "\u115f", "\u2800", "\u3164", "\ufe0f", "\u{e0100}"].map(
      (character): [string, string, string, string] => [
        `a character that is drawn as nothing (${codePoint(character)})`,
        "reason: onboarding",
        `reason: on${character}boarding`,
        `31:15: grants[1].reason: The file contains the invisible character ${codePoint(character)}`,
      ],
    ),
    [
      "an escaped line end",
      "over: wes",
      'over: "wes\\n"',
      "26:11: grants[0].over: The value contains the control character U+000A (line feed) at position 4.",
    ],
    [
      "an escaped NUL",
      "over: wes",
      'over: "we\\0s"',
      "26:11: grants[0].over: The value contains the control character U+0000 (NUL) at position 3.",
    ],
    [
      "an escaped zero-width space",
      "over: wes",
      'over: "we\\u200bs"',
      "26:11: grants[0].over: The value contains the invisible character U+200B (zero width space) at position 3.",
    ],
    [
      "a block of lines",
      "over: wes",
      "over: |\n      wes\n      root",
      "26:11: grants[0].over: The value contains the control character U+000A (line feed) at position 4.",
    ],
    ["an escaped half of a pair", "over: wes", 'over: "\\ud800"', "26:11: grants[0].over: "],
  ])("%s", (_what, from, to, problem) => {
    const problems = problemsOf(changed(from, to));
    expect(problems).toContainEqual(expect.stringContaining(problem));
  });

  test("a name in any script is text that can be seen", () => {
    expect(problemsOf(changed("name: Wes Example", "name: José Ñandú 李 Ørsted"))).toEqual([]);
  });
});

describe("what of YAML is refused", () => {
  test.each<[what: string, text: string, problem: string]>([
    ["an anchor", changed("  wes:\n", "  wes: &wes\n"), "5:8: people: Anchors (&name) are not supported"],
    [
      "an alias",
      changed("over: wes", "over: *wes"),
      "26:11: grants[0].over: Aliases (*name) are not supported",
    ],
    ["a tag", changed("over: wes", "over: !!str wes"), "Tags (!name) are not supported"],
    [
      "a tag that makes functions",
      changed("over: wes", "over: !!js/function 'x'"),
      "Tags (!name) are not supported",
    ],
    ["a binary tag", changed("over: wes", "over: !!binary d2Vz"), "Tags (!name) are not supported"],
    [
      "a merge key",
      changed("    mode: watch", "    <<: { mode: watch }"),
      '29:5: grants[1]["<<"]: Merge keys (<<) are not supported',
    ],
    ["a directive", `%YAML 1.1\n---\n${validText}`, "1:1: (file): YAML directives (%…) are not supported."],
    [
      "a second document",
      `${validText}---\npeople: {}\n`,
      "32:1: (file): A second YAML document starts here",
    ],
    ["a list at the top", "- wes\n", "1:1: (file): Expected a mapping, got a list."],
    ["text at the top", "wes\n", '1:1: (file): Expected a mapping, got the text "wes".'],
    ["nothing", "", "1:1: (file): The file is empty."],
    ["comments only", "# nobody yet\n", "(file): The file is empty."],
    ["a start of a document only", "---\n", "(file): The file is empty."],
    [
      "a list as a name",
      "? [a, b]\n: c\n",
      "1:3: (file): A list or mapping stands where a name is expected.",
    ],
    ["an indentation by tabs", "people:\n\twes: {}\n", "2:1: (file): The line is indented with a tab"],
    ["a tab in a deeper line", changed("    name:", "\t name:"), "tab"],
    [
      "a quote that is not closed",
      changed("over: wes", 'over: "wes'),
      "A quote, a bracket, a comma, a colon or a space is missing here.",
    ],
    [
      "a bracket that is not closed",
      changed("[claude, codex]", "[claude, codex"),
      "11:3: (file): The line is not indented like the others",
    ],
    [
      "a key with a colon in its comment",
      changed(keyLine("wes-tablet"), "ssh-ed25519 AAAA wes@host: laptop"),
      "9:9: people.wes.keys[1]: Expected text, got a mapping.",
    ],
    [
      "a second key of one name",
      changed("  nadia:\n", "  wes:\n"),
      '11:3: people: The key "wes" stands here a second time (first at 5:3)',
    ],
    [
      "a second key of one name, written otherwise",
      changed("  nadia:\n", '  "w\\x65s":\n'),
      '11:3: people: The key "wes" stands here a second time (first at 5:3)',
    ],
    [
      "the name of every object's prototype, written otherwise",
      changed("  nadia:\n", '  "__pro\\x74o__":\n'),
      '11:3: people: The key "__proto__" is not allowed',
    ],
    [
      "the name of every object's prototype",
      changed("  nadia:\n", "  __proto__:\n"),
      '11:3: people: The key "__proto__" is not allowed',
    ],
    [
      "the same within a person",
      changed("    uid: 3000", "    __proto__: { uid: 1 }"),
      '18:5: people.marcus: The key "__proto__" is not allowed',
    ],
    ["deep lists", "[".repeat(10_000), "The file is nested too deeply"],
    ["deep mappings", "{a: ".repeat(10_000), "The file is nested too deeply"],
    ["deep dashes", `${"- ".repeat(10_000)}a`, "The file is nested too deeply"],
    ["deep questions", `${"? ".repeat(10_000)}a`, "The file is nested too deeply"],
    [
      "deep indentation",
      Array.from({ length: 1200 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n"),
      "The file is nested too deeply",
    ],
  ])("%s", (_what, text, problem) => {
    expect(problemsOf(text)).toContainEqual(expect.stringContaining(problem));
  });

  test("a mapping by aliases that would grow without bounds is refused before it grows", () => {
    const bomb = [
      "a0: &a0 [x, x]",
      ...Array.from({ length: 30 }, (_, index) => `a${index + 1}: &a${index + 1} [*a${index}, *a${index}]`),
    ];
    expect(problemsOf(bomb.join("\n"))).toContainEqual(
      expect.stringContaining("Aliases (*name) are not supported"),
    );
  });

  test.each(["null", "~", "true", "123", "1e3", ".inf", "0x1f", "2026-12-31"])(
    "%s is text, and not a person",
    (word) => {
      expect(problemsOf(changed("over: wes", `over: ${word}`))).toEqual([
        `26:11: grants[0].over: "${word}" is not in people.`,
      ]);
    },
  );
});

describe("all problems at once", () => {
  test("a wrong type hides neither the form of the rest nor the checks across the file", () => {
    const text = changed("agents: [claude]", "agents: claude")
      .replace("mode: watch", "mode: wacth")
      .replace("over: wes", "over: wse")
      .replace("left: 2026-03-01", "left: []")
      .replace("uid: 3000", "uid: 2004");
    expect(problemsOf(text).map((problem) => problem.split(": ").slice(0, 2).join(" "))).toEqual([
      "3:11 defaults.agents",
      "20:11 people.kim.left",
      "21:10 people.kim.uid",
      "26:11 grants[0].over",
      "29:11 grants[1].mode",
    ]);
  });

  test("the order is that of the file, whatever found them, and the same each time", () => {
    const text = validText.replaceAll("marcus", "marcsu!").replaceAll("cx22", "22cx");
    expect(problemsOf(text)).toEqual(problemsOf(text));
    const lines = problemsOf(text).map((problem) => Number(problem.split(":")[0]));
    expect(lines).toEqual([...lines].sort((left, right) => left - right));
    expect(lines.length).toBeGreaterThan(1);
  });

  test("a file of nothing but problems ends after 500 of them", () => {
    const people = Array.from({ length: 1500 }, (_, index) => `  p${index}: { kyes: [] }\n`).join("");
    expect(problemsOf(`people:\n${people}`)).toHaveLength(500);
  });
});
