import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runTeam } from "../../cli/program";
import { accessTeamText } from "../config/access-sample";

/** `team access` and `team diff` as they are called: words in, text and exit code out. */
let folder = "";
let file = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "team-access-"));
  file = join(folder, "team.yaml");
  writeFileSync(file, accessTeamText(1));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function team(...words: string[]): Promise<{ code: number; printed: string; complaints: string }> {
  const said = { printed: "", complaints: "" };
  const code = await runTeam(words, {
    environment: {},
    terminal: {
      print: (text) => {
        said.printed += text;
      },
      complain: (text) => {
        said.complaints += text;
      },
    },
    readServers: () => {
      throw new Error("The stack must not be asked.");
    },
  });
  return { code, ...said };
}

test.each([
  [[], /^PERSON +SERVER/],
  [["--json"], /^\{\n {2}"version": 1,/],
  [["--csv"], /^person,server,account,/],
  [["--html"], /^<!doctype html>/],
])("team access %j", async (options, start) => {
  const { code, printed, complaints } = await team("access", "--team", file, ...options);
  expect({ code, complaints }).toEqual({ code: 0, complaints: "" });
  expect(printed).toMatch(start);
});

test("two formats at once are refused", async () => {
  const { code, printed, complaints } = await team("access", "--team", file, "--json", "--html");
  expect({ code, printed }).toEqual({ code: 2, printed: "" });
  expect(complaints).toContain("cannot be used with");
});

test("a team file with problems gives no access, and exit code 2", async () => {
  const bad = join(folder, "bad.yaml");
  writeFileSync(bad, `${accessTeamText(1)}grants: [{ lead: person001, over: nobody }]\n`);
  const { code, printed, complaints } = await team("access", "--team", bad);
  expect({ code, printed }).toEqual({ code: 2, printed: "" });
  expect(complaints).toContain("bad.yaml:");
});

test("team diff: 0 without a change, 1 with one, 2 when a side is missing", async () => {
  const other = join(folder, "other.yaml");
  writeFileSync(other, accessTeamText(1).replace("cx22", "cx32"));
  expect((await team("diff", file, file)).code).toBe(0);
  expect((await team("diff", file, other)).code).toBe(1);
  expect((await team("diff", file, join(folder, "none.yaml"))).code).toBe(2);
  expect((await team("diff", file)).code).toBe(2);
  expect((await team("diff", file, other, "--json", "--markdown")).code).toBe(2);
});
