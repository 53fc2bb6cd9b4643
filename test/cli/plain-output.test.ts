import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { projectRoot } from "../../config/project-root";
import { run, type ProgramResult } from "../../engine/run";
import { keyLine, validText } from "../config/sample";

/** Proves what reaches pipes and files: plain text, and nothing but JSON where JSON was asked for. */
let folder: string;
let doubtful: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plain-"));
  doubtful = join(folder, "doubtful.yaml");
  // The real clock is used here, so nothing in the file may end.
  const text = validText.replace("    until: 2026-12-31T23:59:59Z\n", "");
  writeFileSync(join(folder, "valid.yaml"), text);
  // Two who lead each other: a warning.
  writeFileSync(doubtful, `${text}  - { lead: wes, over: marcus }\n`);
  writeFileSync(join(folder, "broken.yaml"), `people: { wes: { keys: ['${keyLine("wes")}'], kez: 1 } }\n`);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Some programs colour what goes to a pipe when they are forced to; NO_COLOR goes before (no-color.org). */
const environments = [{}, { FORCE_COLOR: "1" }, { NO_COLOR: "1", FORCE_COLOR: "1" }];

const team = (environment: NodeJS.ProcessEnv, ...words: readonly string[]): Promise<ProgramResult> =>
  run(process.execPath, [join(projectRoot, "dist", "cli", "main.js"), ...words], {
    env: { PATH: process.env["PATH"], HOME: folder, ...environment },
  });

describe("no escape sequence is printed", () => {
  test.each([
    ["check", "--team", "valid.yaml"],
    ["check", "--team", "doubtful.yaml"],
    ["check", "--team", "broken.yaml"],
    ["access", "--team", "valid.yaml"],
    ["access", "--team", "valid.yaml", "--csv"],
    ["render", "dev-wes", "--team", "valid.yaml"],
    ["diff", "valid.yaml", "doubtful.yaml"],
    ["diff", "valid.yaml", "broken.yaml"],
    ["gate", "none.json", "--team", "valid.yaml"],
    ["offboard", "kim", "--team", "valid.yaml"],
    ["no-such-command"],
    ["--help"],
  ])("by team %s %s %s", async (...words) => {
    const paths = words.map((word) => (/\.(?:yaml|json)$/.test(word) ? join(folder, word) : word));
    const results = await Promise.all(environments.map((environment) => team(environment, ...paths)));
    for (const { stdout, stderr } of results) {
      expect(`${stdout}${stderr}`.length).toBeGreaterThan(20);
      expect(`${stdout}${stderr}`).not.toContain("\u001b");
      // Whatever the environment says of colours, the output is the same.
      expect([stdout, stderr]).toEqual([results[0]?.stdout, results[0]?.stderr]);
    }
  });
});

describe("with --json there is one JSON value on standard output, and nothing else", () => {
  test.each([
    ["access", "--team", "doubtful.yaml"],
    ["diff", "valid.yaml", "doubtful.yaml"],
  ])("team %s %s %s", async (command, ...words) => {
    const paths = words.map((word) => (word.endsWith(".yaml") ? join(folder, word) : word));
    const { stdout } = await team({}, command, ...paths, "--json");
    expect(JSON.parse(stdout)).toMatchObject({ version: 1 });
  });

  test("warnings stand on standard error", async () => {
    const { stdout, stderr } = await team({}, "access", "--team", doubtful, "--json");
    expect(stdout).not.toContain("warning");
    expect(stderr).toContain("warning: ");
  });

  test("an invalid file gives no output at all there", async () => {
    const { code, stdout, stderr } = await team(
      {},
      "access",
      "--team",
      join(folder, "broken.yaml"),
      "--json",
    );
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("kez");
  });
});
