import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { diff } from "../../cli/diff";
import type { DiffRequest } from "../../cli/diff";
import { accessTeamText, hostileReason } from "../config/access-sample";
import { keyLine, now } from "../config/sample";
import { figure } from "../support/figure";

/** `team diff` from its two names to what it prints, with real files and a real git repository. */
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "team-diff-"));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Result {
  readonly code: number;
  readonly printed: string;
  readonly complaints: string;
}

function run(before: string, after: string, format: DiffRequest["format"] = "text"): Result {
  const said = { printed: "", complaints: "" };
  const terminal = {
    print: (text: string) => {
      said.printed += text;
    },
    complain: (text: string) => {
      said.complaints += text;
    },
  };
  const code = diff({ before, after, defaultPath: "team.dev.yaml", format, now }, terminal);
  return { code, ...said };
}

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** The team of 15 after a change of every kind. */
function changedText(): string {
  const edits: readonly (readonly [string | RegExp, string])[] = [
    // Marcus loses Wes, and what he has over Nadia and Kim changes its terms.
    ["  - { lead: marcus, over: wes }\n", ""],
    ["until: 2026-11-25T12:00:00Z, reason: onboarding", "until: 2026-12-25T12:00:00Z, reason: '`handover`'"],
    ["over: kim, mode: watch", "over: kim"],
    [
      `over: ben, mode: watch, until: 2026-12-06T12:00:00Z, reason: '${hostileReason.replaceAll("'", "''")}'`,
      "over: ben, mode: watch",
    ],
    [
      "lead: hana, over: ivo, until: 2026-11-22T18:00:00Z",
      "lead: hana, over: ivo, until: 2026-11-22T13:00:00Z",
    ],
    [
      "  - { lead: dev-ops, over: wes, mode: watch }\n",
      `  - { lead: dev-ops, over: cleo, reason: '${hostileReason.replaceAll("'", "''")}' }\n`,
    ],
    // Emil leaves, Fay's server goes with her, Gus vanishes, Zoe's server is destroyed, Yan comes back.
    [/ {2}emil: .*\n/, "  emil: { left: 2026-11-22 }\n"],
    [/ {2}fay: .*\n/, "  fay: { left: { on: 2026-11-22, server: destroyed } }\n"],
    [/ {2}gus: .*\n/, ""],
    ["zoe: { left: 2026-11-01 }", "zoe: { left: { on: 2026-11-01, server: destroyed } }"],
    [
      / {2}yan: .*\n/,
      `  yan: { keys: ['${keyLine("yan")}'] }\n  newt: { keys: ['${keyLine("newt")}', '${keyLine("gus")}'] }\n`,
    ],
    // Jun has another laptop, Lou another server.
    [keyLine("jun"), keyLine("jun-new")],
    ["  lou: {", "  lou: { name: Lou *the* Example, agents: [codex], server: { type: cx32 }, uid: 3000,"],
  ];
  return edits.reduce((text, [from, to]) => {
    const next = text.replace(from, () => to);
    if (next === text) throw new Error(`Nothing to change: ${String(from)}`);
    return next;
  }, accessTeamText(15));
}

describe("what it prints", () => {
  test.each([
    ["text", "txt"],
    ["json", "json"],
    ["markdown", "md"],
  ] as const)("a change of every kind, as %s", async (format, extension) => {
    const result = run(file("old.yaml", accessTeamText(15)), file("new.yaml", changedText()), format);
    expect(result.complaints).toBe("");
    expect(result.code).toBe(1);
    await expect(result.printed).toMatchFileSnapshot(`../golden/diff-15.${extension}`);
  });

  test("no change", () => {
    const path = file("old.yaml", accessTeamText(15));
    expect(run(path, path)).toEqual({ code: 0, printed: "No change.\n", complaints: "" });
    expect(run(path, path, "markdown").printed).toBe("### Team file: no change\n");
    expect(JSON.parse(run(path, path, "json").printed)).toEqual({
      version: 1,
      changes: [],
      access: { gained: [], lost: [], changed: [] },
    });
  });

  test("one person, and a second who joins", async () => {
    const one = accessTeamText(1);
    const two = `${one}  zoe: { keys: ['${keyLine("zoe")}'] }\ngrants: [{ lead: zoe, over: person001 }]\n`;
    const result = run(file("one.yaml", one), file("two.yaml", two));
    await expect(result.printed).toMatchFileSnapshot("../golden/diff-1.txt");
  });

  test("200 people of whom everybody changes: fits a comment, and says what it left out", async () => {
    const many = accessTeamText(200);
    const old = file("many.yaml", many);
    const next = file("none.yaml", many.slice(0, many.indexOf("grants:")).replaceAll("cx22", "cx32"));
    const started = performance.now();
    const text = run(old, next);
    figure(
      "team diff of 200 people, without the start of Node",
      `${Math.round(performance.now() - started)} ms`,
    );
    expect(text.code).toBe(1);
    await expect(text.printed).toMatchFileSnapshot("../golden/diff-200.txt");
    const comment = run(old, next, "markdown").printed;
    expect(comment.length).toBeLessThan(65_536);
    expect(comment).toMatch(/… and \d+ more: run `team diff`\./);
    expect(comment.match(/<details>/g)).toHaveLength(1);
    expect(comment.trimEnd()).toMatch(/<\/details>$/);
  });
});

test("in Markdown, free text notifies nobody and makes no markup", () => {
  const { printed } = run(file("old.yaml", accessTeamText(15)), file("new.yaml", changedText()), "markdown");
  expect(printed).toContain(`because: \`\`${hostileReason}\`\`.`);
  const outside = printed.replace(/(`+)[\s\S]*?[^`]\1(?!`)/g, "");
  expect(outside).not.toMatch(/@|<script|\*\*b\*\*|\*the\*/);
});

describe("grants that have ended", () => {
  const text = accessTeamText(15);
  const ended = text.replace("2026-11-25T12:00:00Z", "2026-11-01T00:00:00Z");

  test("an old file may have them", () => {
    const result = run(file("ended.yaml", ended), file("old.yaml", text));
    expect(result.complaints).toBe("");
    expect(result.printed).toContain(
      "marcus can now act as nadia-agent on dev-nadia, until 2026-11-25T12:00:00Z",
    );
  });

  test("taking one out changes no access", () => {
    const without = text.replace(/ {2}- \{ lead: marcus, over: nadia.*\n/, "");
    const { printed, code } = run(file("ended.yaml", ended), file("without.yaml", without));
    expect(code).toBe(1);
    expect(printed).toBe(
      "Changes no access (1):\n  - The grant of marcus over nadia (nadia-agent on dev-nadia) has ended and is taken out of the file. It gives no access before or after.\n",
    );
  });

  test("a file that never was valid, because two ends are too far apart, is refused", () => {
    const never = ended.replace("2026-12-06T12:00:01Z", "2027-11-22T00:00:00Z");
    const { code, complaints } = run(file("never.yaml", never), file("old.yaml", text));
    expect(code).toBe(2);
    expect(complaints).toContain(`${join(folder, "never.yaml")}:`);
  });

  test("an end more than a year ahead of now is refused in a new file", () => {
    const far = text.replace("2026-12-06T12:00:01Z", "2027-12-06T12:00:01Z");
    expect(run(file("old.yaml", text), file("far.yaml", far)).code).toBe(2);
  });
});

describe("input that is not valid", () => {
  test("the problems of both sides, as team check prints them", () => {
    const bad = accessTeamText(15).replace("over: wes }", "over: wse }");
    const { code, complaints, printed } = run(file("bad.yaml", bad), join(folder, "missing.yaml"));
    expect(code).toBe(2);
    expect(printed).toBe("");
    expect(complaints).toMatch(
      /bad\.yaml:\d+:\d+: grants\[0\]\.over: "wse" is not in people\. Did you mean "wes"\? Fix: /,
    );
    expect(complaints).toMatch(/missing\.yaml:1:1: \(file\): There is no such file, and git finds no /);
  });

  test("a directory, and a name that git would take for an option", () => {
    expect(run(folder, folder).complaints).toContain("This is a directory, not a file.");
    const { code, complaints } = run("--output=x", "--upload-pack=x:y");
    expect(code).toBe(2);
    expect(complaints.split("\n")).toHaveLength(3);
    expect(complaints).toContain("is neither a file nor a git revision.");
  });
});

describe("git revisions", () => {
  let home = "";
  const git = (...words: string[]): void => {
    execFileSync("git", ["-c", "user.name=Test", "-c", "user.email=test@localhost", ...words], {
      cwd: folder,
      stdio: "pipe",
    });
  };

  beforeAll(() => {
    home = process.cwd();
    git("init", "--quiet", "--initial-branch=main");
    file("team.yaml", accessTeamText(15));
    git("add", "team.yaml");
    git("commit", "--quiet", "--message=old");
    file("team.yaml", changedText());
    git("commit", "--quiet", "--all", "--message=new");
    process.chdir(folder);
  });

  afterAll(() => {
    process.chdir(home);
  });

  test("REVISION:PATH against REVISION:PATH, and against a file", () => {
    const files = run(file("old.yaml", accessTeamText(15)), file("new.yaml", changedText()));
    expect(run("main~1:team.yaml", "main:team.yaml")).toEqual(files);
    expect(run("HEAD~1:./team.yaml", "team.yaml")).toEqual(files);
  });

  test("a revision that is not there, and a file that is not in it", () => {
    expect(run("main~2:team.yaml", "team.yaml").complaints).toMatch(
      /^main~2:team\.yaml:1:1: \(file\): .*git finds no "team\.yaml" at the revision "main~2"\. Fix: /,
    );
    expect(run("main:other.yaml", "team.yaml").complaints).toContain(
      "(the revision exists, the file in it does not)",
    );
  });
});
