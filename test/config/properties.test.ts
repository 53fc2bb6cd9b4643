import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { grantsOf, renderAccessDocument } from "../../components/access-document";
import { formatDocument } from "../../components/canonical-json";
import { readLogin } from "../../config/logins";
import type { ParseResult } from "../../config/parse";
import { plan } from "../../config/plan";
import { formatProblem } from "../../config/problem";
import { keyLine, parse, validText } from "./sample";
import { sharedText } from "./shared-sample";

/** How many random files are tried in each property. More: TEAM_RUNTIME_FUZZ_RUNS=100000. */
const runs = Number(process.env["TEAM_RUNTIME_FUZZ_RUNS"] ?? 1000);

// A thousand files take some seconds each, and more while other tests run.
vi.setConfig({ testTimeout: 300_000 });

const sudoersLine =
  /^[a-z][a-z0-9-]{0,31} ALL=\([a-z][a-z0-9-]{0,25}-agent\)( NOTAFTER=[0-9]{14}Z)? NOPASSWD:NOSETENV: (ALL|\/usr\/local\/lib\/team-runtime\/watch)$/;
const keyLineForm =
  /^(restrict,pty,from="[0-9a-f.:]+"(,expiry-time="[0-9]{14}Z")? )?[a-z0-9@.-]+ [A-Za-z0-9+/]+={0,2} [a-z][a-z0-9-]{0,25}(@dev-[a-z0-9-]+)?$/;
const problemForm = /^team\.yaml:[1-9][0-9]*:[1-9][0-9]*: [^\n]+: [^\n]+[.!?)"…>A-Za-z]\.? Fix: [^\n]+$/;

/** A file is valid and gives lines of the exact forms, or it gives problems of the exact form. */
function expectValidOrClean(result: ParseResult): void {
  if (!result.ok) {
    expect(result.problems.length).toBeGreaterThan(0);
    for (const problem of result.problems) {
      const text = formatProblem(problem);
      expect(text).toMatch(problemForm);
      // Printable, so that no problem can play tricks on the terminal that shows it.
      expect(text).toMatch(/^[ -~–…]+$/);
    }
    return;
  }
  const late = { hopKeys: new Map<string, string>(), addresses: new Map<string, string>() };
  for (const { login, serverName } of result.team.people) {
    late.hopKeys.set(login, keyLine(`hop ${login}`));
    late.addresses.set(serverName, "127.77.1.13");
  }
  for (const server of plan(result.team).servers) {
    const document = renderAccessDocument(server, late);
    for (const line of Object.values(document.sudoers)) expect(line).toMatch(sudoersLine);
    for (const lines of Object.values(document.keys))
      for (const line of Object.values(lines)) expect(line).toMatch(keyLineForm);
    expect(Object.keys(document.sudoers)).toEqual(
      grantsOf(server)
        .map(({ who, runAs }) => `${who} as ${runAs}`)
        .sort(),
    );
    expect(formatDocument(document)).not.toMatch(/: null\b/);
  }
}

/** Pieces that mean something to YAML, sudoers, sshd, a shell, a terminal or a reader. */
const piece = fc.oneof(
  fc.constantFrom(
    ...[
      "\n",
      "\r",
      "\t",
      "\0",
      "\u001b[2K",
      "\u202e",
      "\u200b",
      "\u2028",
      "'",
      '"',
      "`",
      "$(id)",
      ";",
      "|",
      "&a ",
      "*a",
      "!!str ",
      "<<: ",
    ],
  ),
  fc.constantFrom(
    ...[
      "ALL",
      "root",
      "%sudo",
      "#0",
      "wes-agent",
      "(root)",
      "NOPASSWD: ALL",
      ",",
      "=",
      "\\",
      "!",
      "..",
      "/",
      "{",
      "}",
      "[",
      "]",
      "- ",
      "? ",
      ": ",
      "#",
      "---\n",
      "|\n",
      ">\n",
    ],
  ),
  fc.constantFrom(
    ...[
      "marcus",
      "wes",
      "kim",
      "people",
      "grants",
      "left",
      "keys",
      "uid",
      "null",
      "~",
      "true",
      "no",
      "dev-shared",
      "dev-wes",
      "__proto__",
      "constructor",
      "0",
      "2004",
      "65534",
      "2026-02-30",
    ],
  ),
  fc.constantFrom(
    ...[
      'command="x" ',
      "ssh-rsa ",
      "AAAA",
      "-----BEGIN OPENSSH PRIVATE KEY-----",
      "https://x",
      "~/.ssh/id.pub",
      keyLine("wes"),
      keyLine("other"),
    ],
  ),
  fc.string({ maxLength: 8, unit: "binary" }),
  fc.string({ maxLength: 8 }),
);

/** One edit: some text of the file replaced by some other. */
const edit = fc.record({
  at: fc.nat(validText.length),
  removed: fc.oneof(fc.constant(0), fc.nat(12), fc.nat(400)),
  inserted: fc.oneof(
    piece,
    fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join("")),
  ),
});

function apply(text: string, edits: readonly { at: number; removed: number; inserted: string }[]): string {
  return edits.reduce(
    (before, { at, removed, inserted }) => before.slice(0, at) + inserted + before.slice(at + removed),
    text,
  );
}

describe("a valid file with random edits", () => {
  test.each([1, 3])("%i of them", (count) => {
    let valid = 0;
    fc.assert(
      fc.property(fc.array(edit, { minLength: count, maxLength: count }), (edits) => {
        const result = parse(apply(validText, edits));
        if (result.ok) valid++;
        expectValidOrClean(result);
      }),
      { numRuns: runs },
    );
    process.stdout.write(
      `figure: ${runs} files with ${count} random edits: ${runs - valid} refused, ${valid} valid\n`,
    );
    expect(valid).toBeLessThan(runs);
    // One edit in ten leaves a valid file (a comment, a reason); three nearly never do.
    if (count === 1) expect(valid).toBeGreaterThan(0);
  });

  test("of one that shares a server", () => {
    let valid = 0;
    fc.assert(
      fc.property(edit, (one) => {
        const result = parse(apply(sharedText, [one]));
        if (result.ok) valid++;
        expectValidOrClean(result);
      }),
      { numRuns: runs },
    );
    process.stdout.write(`figure: ${runs} files of a shared server with a random edit: ${valid} valid\n`);
    expect(valid).toBeGreaterThan(0);
    expect(valid).toBeLessThan(runs);
  });

  test("of one whole value", () => {
    const values = [
      "wes",
      "marcus",
      "nadia",
      "kim",
      "watch",
      "onboarding",
      "cpx31",
      "debian-12",
      "claude",
      "3000",
      "2026-03-01",
      "Wes Example",
      "2026-12-31T23:59:59Z",
      keyLine("nadia"),
    ];
    const text = fc.oneof(
      piece,
      fc.string({ unit: "binary" }),
      fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join("")),
    );
    fc.assert(
      fc.property(fc.constantFrom(...values), text, (value, replacement) => {
        expectValidOrClean(parse(validText.replaceAll(value, () => JSON.stringify(replacement))));
      }),
      { numRuns: runs },
    );
  });

  test("of its bytes", () => {
    const byte = fc.record({ at: fc.nat(validText.length - 1), value: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(byte, { minLength: 1, maxLength: 4 }), (changes) => {
        const bytes = Buffer.from(validText);
        for (const { at, value } of changes) bytes[at] = value;
        expectValidOrClean(parse(bytes));
      }),
      { numRuns: runs },
    );
  });
});

test("any bytes at all", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expectValidOrClean(parse(bytes));
    }),
    { numRuns: runs },
  );
});

test("any structure at all, in place of any part", () => {
  const structure = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.oneof(piece, fc.constant(null), fc.integer(), fc.boolean()),
      fc.array(tie("node"), { maxLength: 3 }),
      fc.dictionary(
        fc.oneof(
          piece,
          fc.constantFrom("lead", "over", "mode", "until", "type", "image", "on", "server", "name", "agents"),
        ),
        tie("node"),
        { maxKeys: 4 },
      ),
    ),
  })).node;
  fc.assert(
    fc.property(
      fc.constantFrom("defaults", "people", "grants", "people.wes", "people.wes.keys"),
      structure,
      (part, value) => {
        const json = JSON.stringify(value);
        const [top, login, field] = part.split(".");
        const entry =
          login === undefined
            ? json
            : `{ ${login}: ${field === undefined ? json : `{ ${field}: ${json} }`} }`;
        expectValidOrClean(parse(`${top ?? ""}: ${entry}\n`));
      },
    ),
    { numRuns: runs },
  );
});

test("a login is accepted only in the one safe form", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: "binary", maxLength: 40 }), fc.stringMatching(/^[a-zA-Z0-9._-]{0,40}$/)),
      (text) => {
        if (readLogin(text).ok)
          expect(text).toMatch(/^(?!.*--)(?!.*-agent$)[a-z]([a-z0-9-]{0,24}[a-z0-9])?$/);
      },
    ),
    { numRuns: runs },
  );
});
