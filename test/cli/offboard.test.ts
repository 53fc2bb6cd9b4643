import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { credentialsOfTools } from "../../cli/external-credentials";
import { offboard } from "../../cli/offboard";
import { toolNames } from "../../config/catalogue";
import { keyLine } from "../config/sample";

/** The checklist for kim, with this entry in the file. */
function checklist(entry: string, person = "kim"): { code: number; out: string; err: string } {
  const file = join(mkdtempSync(join(tmpdir(), "offboard-")), "team.yaml");
  writeFileSync(
    file,
    `defaults: { server: { type: cx22 } }\npeople:\n  wes: { keys: ["${keyLine("wes")}"] }\n  kim: ${entry}\n`,
  );
  const said = { out: "", err: "" };
  const terminal = {
    print: (text: string) => {
      said.out += text;
    },
    complain: (text: string) => {
      said.err += text;
    },
  };
  return { code: offboard(person, file, terminal), ...said };
}

test("a leaver: what is taken, and a box for each thing that is not", () => {
  const { code, out } = checklist("{ left: 2025-11-01, uid: 3000 }");
  expect(code).toBe(0);
  expect(out).toContain("kim left on 2025-11-01");
  expect(out).toContain("on dev-kim the accounts kim and kim-agent are locked");
  expect(out).toContain("uid 3000 (and 3001 of the agent) goes to nobody else");
  for (const part of ["Claude Code", "Codex", "deploy keys", "Hetzner", "passphrase"])
    expect(out).toMatch(new RegExp(`^ {2}\\[ \\] .*${part}`, "m"));
});

test("a leaver whose disk is kept, and one whose is not", () => {
  expect(checklist("{ left: { on: 2025-11-01, server: archived } }").out).toContain(
    "a snapshot of its disk is kept",
  );
  expect(checklist("{ left: { on: 2025-11-01, server: destroyed } }").out).toContain(
    "with all that was on it",
  );
});

test("somebody who is active: 1, because nothing was taken; only the tools that the file names", () => {
  const { code, out } = checklist(`{ keys: ["${keyLine("kim")}"], agents: [codex] }`);
  expect(code).toBe(1);
  expect(out).toContain("kim is active: nothing has been taken away yet.");
  expect(out).toContain("Codex");
  expect(out).not.toContain("Claude Code");
});

test("what the team file gave the agent for git hosts, one by one, for whoever is about to leave", () => {
  const git = "git: { credentials: { git.acme.example: { token: 2026-11-02, user: kim-bot } } }";
  expect(checklist(`{ keys: ["${keyLine("kim")}"], ${git} }`).out).toContain(
    `  [ ] git.acme.example: the token 2026-11-02 of kim-agent (user kim-bot), then pulumi config rm --path 'team-runtime:gitTokens.kim["git.acme.example"]'\n`,
  );
});

test("every agent that can be installed has its credentials on the list", () => {
  expect(Object.keys(credentialsOfTools)).toEqual(expect.arrayContaining([...toolNames("agent")]));
});

test("somebody who is not there: 2", () => {
  const { code, err } = checklist("{ left: 2025-11-01 }", "kin");
  expect([code, err]).toEqual([2, expect.stringContaining('nobody called "kin". Did you mean "kim"?')]);
});
