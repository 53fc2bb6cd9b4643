import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { formatAccessText } from "../../cli/access-text";
import { diff } from "../../cli/diff";
import { accessMatrix } from "../../config/access/matrix";
import { loadTeam } from "../../config/load";
import { accessRows } from "../../invariants/access-rows";
import { brokenInvariants } from "../../invariants/index";
import { now } from "../config/sample";
import { expectedDump } from "../support/expected-dump";
import type { RecordedProgram } from "../support/record-program";
import { exampleFile, recordExample } from "../support/recorded-example";
import { throwAwayKey } from "../support/throw-away-key";

/** What `examples/` shows is what the program makes of it, on the day on which it was written. */
const example = (name: string): string => exampleFile("fifteen", name);
let recorded: RecordedProgram;

beforeAll(async () => {
  recorded = await recordExample("fifteen", "example");
});

afterAll(() => {
  vi.useRealTimers();
});

test("the resources are those of examples/fifteen/resources.json", async () => {
  const key = throwAwayKey("deploy").publicKey.split(" ").slice(0, 2).join(" ");
  const dump = expectedDump(recorded.resources)
    .replace(key, "[the stack's deploy key]")
    .replace(/-deploy-[0-9a-f]{8}"/, '-deploy-[its fingerprint]"');
  await expect(dump).toMatchFileSnapshot(example("resources.json"));
});

test("they keep every invariant, protection included", () => {
  expect(brokenInvariants(recorded.stack)).toEqual([]);
  const servers = recorded.resources.filter(({ type }) => type === "hcloud:index/server:Server");
  expect(servers.filter(({ protect }) => protect)).toHaveLength(15);
});

test("they give the access of the team file, and of examples/fifteen/access.txt", async () => {
  const { team } = loadTeam(example("team.yaml"), { now });
  const matrix = accessMatrix(team, now);
  const rows = accessRows(recorded.stack, now);
  expect(rows).toEqual(matrix.rows);
  await expect(formatAccessText({ ...matrix, rows }, now)).toMatchFileSnapshot(example("access.txt"));
});

test("the week after is what examples/fifteen/diff.txt says", async () => {
  let printed = "";
  const terminal = {
    print: (text: string) => {
      printed += text;
    },
    complain: () => undefined,
  };
  const [before, after] = [example("team.yaml"), example("team.next.yaml")];
  expect(diff({ before, after, defaultPath: "team.dev.yaml", format: "text", now }, terminal)).toBe(1);
  await expect(printed).toMatchFileSnapshot(example("diff.txt"));
});
