import { readFileSync, writeFileSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { projectRoot } from "../../config/project-root";
import { brokenInvariants } from "../../invariants/index";
import { Secret } from "../../invariants/resource";
import { developmentSettings, recordProgram, type RecordedProgram } from "../support/record-program";
import { throwAwayKey } from "../support/throw-away-key";

const token = "canary-of-the-mocks";
let recorded: RecordedProgram;

/** The dev team, with a key and a token of Wes's agent. */
beforeAll(async () => {
  const file = join(mkdtempSync(join(tmpdir(), "credentials-")), "team.yaml");
  const hostKey = throwAwayKey("git-host").publicKey;
  const git = `    git: { credentials: { github.com: { key: 2026-11-01 }, git.acme.example: { token: 2026-11-02 } } }\n`;
  const text = readFileSync(join(projectRoot, "team.dev.yaml"), "utf8")
    .replace("people:\n", `gitHosts: { github.com: { hostKeys: ["${hostKey}"] } }\npeople:\n`)
    .replace("    agents: [claude]\n", `    agents: [claude]\n${git}`);
  writeFileSync(file, text);
  recorded = await recordProgram("dev", {
    ...developmentSettings(),
    "team-runtime:teamFile": file,
    "team-runtime:gitTokens": JSON.stringify({ wes: { "git.acme.example": token } }),
  });
});

test("the token is in the secret input of one Command and nowhere else", () => {
  const { resources } = recorded.stack;
  const holders = resources.filter(({ inputs }) => {
    const open = Object.values(inputs).map((value) => (value instanceof Secret ? value.content : value));
    return JSON.stringify(open).includes(token);
  });
  expect(holders.map(({ name }) => name)).toEqual(["dev-wes-credentials"]);
  expect(holders[0]?.inputs["stdin"]).toBeInstanceOf(Secret);
  expect(holders[0]?.inputs["logging"]).toBe("none");
});

test("a preview says by the agent's account which credentials there are", () => {
  const agent = recorded.stack.resources.find(({ name }) => name === "dev-wes/wes-agent");
  expect(agent?.inputs["credentials"]).toEqual({
    "git.acme.example": "token 2026-11-02",
    "github.com": "key 2026-11-01",
  });
});

test("only servers with credentials have the Command, and no invariant is broken", () => {
  const names = recorded.stack.resources.map(({ name }) => name);
  expect(names.filter((name) => name.endsWith("-credentials"))).toEqual(["dev-wes-credentials"]);
  expect(brokenInvariants(recorded.stack)).toEqual([]);
});
