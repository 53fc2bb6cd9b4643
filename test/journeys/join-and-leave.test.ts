import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { developmentTeam, endDevelopmentTeam, type PreviewStep, type Team } from "../support/team";
import type { Terminal } from "../support/terminal";
import { throwAwayKey } from "../support/throw-away-key";

let team: Team;

beforeAll(async () => {
  team = await developmentTeam();
});

// The stack remembers Olga, and rightly refuses the committed team file, which does not know her.
afterAll(() => endDevelopmentTeam());

const touched = (steps: readonly PreviewStep[], server: string): readonly string[] =>
  steps.filter(({ name }) => name.split(/[-/]/).slice(0, 2).join("-") === server).map(({ name }) => name);

/** J5: somebody joins. */
describe("adding Olga", () => {
  test("previews as creations only, and touches no existing server", async () => {
    const { publicKey } = throwAwayKey("olga");
    team.edit((text) =>
      text.replace("people:\n", `people:\n  olga:\n    keys: [${JSON.stringify(publicKey)}]\n`),
    );
    const steps = await team.preview();
    expect(new Set(steps.map(({ op }) => op))).toEqual(new Set(["create"]));
    for (const server of ["dev-wes", "dev-nadia", "dev-marcus"]) expect(touched(steps, server)).toEqual([]);
  });

  test("with Marcus as her lead also changes his list of peers, and nothing else that is there", async () => {
    team.edit((text) => text.replace("grants:\n", "grants:\n  - { lead: marcus, over: olga }\n"));
    const changed = (await team.preview()).filter(({ op }) => op !== "create");
    expect(changed.map(({ op, name }) => [op, name])).toEqual([["update", "dev-marcus-peers"]]);
  });

  test("gives her a server on which she and Marcus may do what the file says", async () => {
    await team.up();
    const { privateKey } = throwAwayKey("olga");
    const address = await team.addressOf("dev-olga");
    expect(
      (await team.sshWithPrivateKey(privateKey, `olga@${address}`, "sudo -n -u olga-agent id -un")).stdout,
    ).toBe("olga-agent\n");
    expect((await team.sshWithPrivateKey(privateKey, `olga@${address}`, "sudo -n id")).code).not.toBe(0);
    expect((await team.ssh("marcus@dev-olga", "sudo -n -u olga-agent id -un")).stdout).toBe("olga-agent\n");
    expect((await team.ssh("marcus@dev-olga", "sudo -n -u olga id")).code).not.toBe(0);
  });
});

/** J6: somebody leaves, in two steps that a reviewer can read. */
describe("Olga leaves", () => {
  let terminal: Terminal;

  beforeAll(async () => {
    const { file } = throwAwayKey("olga");
    terminal = await team.terminalWithKey(file, `olga@${await team.addressOf("dev-olga")}`);
    await terminal.waitFor(/olga@dev-olga/);
  });

  afterAll(() => terminal.close());

  test("cannot be taken out of the file, which would free her uid", async () => {
    const file = join(team.folder, "team.dev.yaml");
    const before = readFileSync(file, "utf8");
    team.edit((text) => text.replace(/ {2}olga:\n.*\n/, "").replace(/.*over: olga.*\n/, ""));
    const { code, stdout, stderr } = await team.pulumi("preview");
    expect(code).not.toBe(0);
    expect(`${stdout}${stderr}`).toMatch(/olga.*left:/s);
    team.edit(() => before);
  });

  test("with `left: DATE` previews as a changed document, the accounts and grants that go, and no server deleted", async () => {
    team.edit((text) =>
      text.replace(/.*over: olga.*\n/, "").replace(/ {2}olga:\n.*\n/, "  olga: { left: 2026-11-01 }\n"),
    );
    const steps = await team.preview();
    expect(steps.filter(({ op }) => op === "delete").map(({ name }) => name)).toEqual([
      "dev-olga/lead-marcus",
    ]);
    expect(steps.filter(({ type }) => type.startsWith("hcloud:"))).toEqual([]);
    expect(steps.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["dev-olga-access", "dev-olga/olga", "dev-olga/olga-agent", "dev-marcus-peers"]),
    );
  });

  test("loses all access, her terminal and her agent; the server stays, the uid is still hers", async () => {
    const uid = await team.root("dev-olga", "id -u olga");
    await team.up();
    await terminal.waitFor(/Pane is dead|closed/, 5);
    const { privateKey } = throwAwayKey("olga");
    const address = await team.addressOf("dev-olga");
    expect((await team.sshWithPrivateKey(privateKey, `olga@${address}`, "id")).code).toBe(255);
    expect(await team.root("dev-olga", "pgrep -u olga,olga-agent || echo nothing")).toBe("nothing");
    expect(await team.root("dev-olga", "id -u olga")).toBe(uid);
    expect((await team.ssh("marcus@dev-olga", "id")).code).not.toBe(0);
  });

  test("with `server: destroyed` previews as her server's deletion, and nobody else's", async () => {
    team.edit((text) => text.replace("left: 2026-11-01", "left: { on: 2026-11-01, server: destroyed }"));
    const steps = await team.preview();
    expect(new Set(steps.map(({ op }) => op))).toEqual(new Set(["delete"]));
    expect(steps).toHaveLength(touched(steps, "dev-olga").length);
    expect(steps.map(({ type }) => type)).toContain("hcloud:index/server:Server");
  });

  test("and the server is gone, while hers stays the uid", async () => {
    await team.up();
    await expect(team.root("dev-olga", "true")).rejects.toThrow();
    const { stdout } = await team.pulumi("stack", "output", "roster", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ olga: { state: "destroyed" } });
  });
});
