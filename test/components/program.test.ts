import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { formatAccessText } from "../../cli/access-text";
import { accessMatrix } from "../../config/access/matrix";
import { hostKeyFromSeed } from "../../components/one-time-host-key";
import { loadTeam } from "../../config/load";
import { projectRoot } from "../../config/project-root";
import { accessRows } from "../../invariants/access-rows";
import { brokenInvariants } from "../../invariants/index";
import type { Secret } from "../../invariants/resource";
import { expectedDump } from "../support/expected-dump";
import { figure } from "../support/figure";
import { developmentSettings, recordProgram, type RecordedProgram } from "../support/record-program";

let recorded: RecordedProgram;

beforeAll(async () => {
  recorded = await recordProgram("dev", developmentSettings());
  figure("the program with the dev team, in mocks", `${recorded.milliseconds.toFixed(0)} ms`);
});

/** Proves what a reviewer of the code sees before any preview: every resource of the dev stack, readable as access facts. */
test("the dev stack is what test/expected/dev.json says", async () => {
  await expect(expectedDump(recorded.resources)).toMatchFileSnapshot("../expected/dev.json");
});

test("the stack exports who has which uid and how to reach the servers", () => {
  expect(Object.keys(recorded.outputs)).toEqual([
    "roster",
    "servers",
    "serverIds",
    "agentKeys",
    "consolePasswords",
  ]);
});

/** Proves that what must never change holds for the program as it is; test/invariants has what breaks each. */
test("every invariant holds", () => {
  expect(recorded.stack.resources.length).toBeGreaterThan(30);
  expect(brokenInvariants(recorded.stack)).toEqual([]);
});

/** Which key a connection must have is known to tests only; the invariants ask that it has one. */
test("only the first Command of a server accepts the one-time host key", () => {
  const oneTimeKey = hostKeyFromSeed(Buffer.alloc(32, 7)).publicKey;
  const commands = recorded.stack.resources.filter(({ type }) => type === "command:remote:Command");
  expect(commands.length).toBeGreaterThan(9);
  for (const { name, inputs } of commands) {
    const { content } = inputs["connection"] as Secret;
    const { hostKey } = content as { hostKey: string };
    expect([name, hostKey === oneTimeKey]).toEqual([name, name.endsWith("-identity")]);
  }
});

/** Proves, from the literal lines that would be in force, that the program gives the access of the team file and no other. */
test("the resources give the access that the team file says", async () => {
  const rows = accessRows(recorded.stack, Date.now());
  const { team } = loadTeam(join(projectRoot, "team.dev.yaml"), { throwawayKeys: "allowed" });
  const matrix = accessMatrix(team, Date.now());
  expect(rows).toEqual(matrix.rows);
  await expect(formatAccessText({ ...matrix, rows }, Date.now())).toMatchFileSnapshot(
    "../expected/dev.access.txt",
  );
});
