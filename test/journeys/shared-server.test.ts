import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { figure } from "../support/figure";
import { developmentTeam, endDevelopmentTeam, type Team } from "../support/team";
import { teamCommand } from "../support/team-command";
import type { Terminal } from "../support/terminal";
import { throwAwayKey } from "../support/throw-away-key";

let team: Team;

beforeAll(async () => {
  team = await developmentTeam();
});

// The stack remembers Olga and Pete, and rightly refuses the committed team file, which does not know them.
afterAll(() => endDevelopmentTeam());

const entry = (login: string): string =>
  `  ${login}:\n    keys: [${JSON.stringify(throwAwayKey(login).publicKey)}]\n    server: dev-shared\n`;

/** A command on the shared server, from the person's own laptop. */
const on = async (login: string, command: string) =>
  team.sshWithPrivateKey(
    throwAwayKey(login).privateKey,
    `${login}@${await team.addressOf("dev-shared")}`,
    command,
  );

const command = (...words: string[]) => teamCommand(...words, "--team", join(team.folder, "team.dev.yaml"));

/** docs/shared-server.md: two people join one server, and one of them leaves it. */
describe("Olga and Pete on one server, Olga led by Marcus", () => {
  test("preview as one new server, and a longer list of peers for Marcus", async () => {
    team.edit((text) =>
      text
        .replace("people:\n", `people:\n${entry("olga")}${entry("pete")}`)
        .replace("grants:\n", "grants:\n  - { lead: marcus, over: olga }\n"),
    );
    const steps = await team.preview();
    const made = steps.filter(({ op }) => op === "create");
    expect(made.filter(({ type }) => type === "hcloud:index/server:Server").map(({ name }) => name)).toEqual([
      "dev-shared",
    ]);
    expect(made.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        "dev-shared/olga",
        "dev-shared/pete-agent",
        "dev-shared/lead-marcus/olga-agent",
      ]),
    );
    const others = steps.filter(({ op }) => op !== "create");
    expect(others.map(({ op, name }) => [op, name])).toEqual([["update", "dev-marcus-peers"]]);
  });

  test("may each do what the file says, and Marcus only for Olga", async () => {
    await team.up();
    for (const [one, other] of [
      ["olga", "pete"],
      ["pete", "olga"],
    ] as const) {
      expect((await on(one, `sudo -n -u ${one}-agent id -un`)).stdout).toBe(`${one}-agent\n`);
      expect((await on(one, `sudo -n -u ${other}-agent id`)).code).not.toBe(0);
      expect((await on(one, `ls /srv/projects/${one} && ls /srv/projects/${other}`)).code).not.toBe(0);
    }
    expect((await team.ssh("marcus@dev-shared", "sudo -n -u olga-agent id -un")).stdout).toBe("olga-agent\n");
    expect((await team.ssh("marcus@dev-shared", "sudo -n -u pete-agent id")).code).not.toBe(0);
  });

  test("each find their own agent's sessions, and nobody else's", async () => {
    await on("olga", "sudo -n -u olga-agent tmux new-session -d -s uxon-work@claude 'exec sleep 9000'");
    const { stdout } = await on("olga", "uxon list --json");
    expect(stdout).toContain("uxon-work@claude");
    figure(
      "what uxon says of memory on a shared server",
      /"rss_kib": *[^,}]*/.exec(stdout)?.[0] ?? "nothing",
    );
    expect((await on("pete", "uxon list --all-users --json")).stdout).not.toContain("uxon-work@claude");
  });

  test("are as planned, the audit finds", async () => {
    const { code, stdout } = await command("audit");
    expect([code, stdout]).toEqual([0, expect.stringContaining("dev-shared: clean")]);
  });

  test("can be frozen one by one", async () => {
    expect(await teamCommand("freeze", "pete")).toMatchObject({ code: 0 });
    expect((await on("pete", "sudo -n -u pete-agent id")).code).not.toBe(0);
    expect((await on("olga", "sudo -n -u olga-agent id -un")).stdout).toBe("olga-agent\n");
    expect(await teamCommand("thaw", "pete")).toMatchObject({ code: 0 });
    expect((await on("pete", "sudo -n -u pete-agent id -un")).stdout).toBe("pete-agent\n");
  });
});

describe("Pete leaves", () => {
  let olga: Terminal;

  beforeAll(async () => {
    olga = await team.terminalWithKey(
      throwAwayKey("olga").file,
      `olga@${await team.addressOf("dev-shared")}`,
    );
    await olga.waitFor(/olga@dev-shared/);
  });

  afterAll(() => olga.close());

  const goesOn = async (word: string): Promise<void> => {
    await olga.type(`echo $((6*7))-${word}`);
    await olga.waitFor(new RegExp(`42-${word}`), 10);
    expect((await on("olga", "uxon list --json")).stdout).toContain("uxon-work@claude");
  };

  test("first his access goes, and Olga notices nothing", async () => {
    team.edit((text) => text.replace(entry("pete"), "  pete: { left: 2026-11-01, server: dev-shared }\n"));
    const steps = await team.preview();
    expect(steps.filter(({ op, type }) => op === "delete" || type.startsWith("hcloud:"))).toEqual([]);
    await team.up();
    expect((await on("pete", "id")).code).toBe(255);
    expect(await team.root("dev-shared", "pgrep -u pete,pete-agent || echo nothing")).toBe("nothing");
    await goesOn("kept");
  });

  test("then his accounts, archived; the server stays, because she is on it", async () => {
    team.edit((text) => text.replace("left: 2026-11-01", "left: { on: 2026-11-01, server: destroyed }"));
    const steps = await team.preview();
    expect(steps.filter(({ op }) => op === "delete").map(({ name }) => name)).toEqual(
      expect.arrayContaining(["dev-shared/pete", "dev-shared/pete-agent"]),
    );
    expect(steps.filter(({ type }) => type.startsWith("hcloud:"))).toEqual([]);
    await team.up();
    expect(await team.root("dev-shared", "id pete 2>/dev/null || echo nobody")).toBe("nobody");
    await goesOn("removed");
    expect((await command("audit")).code).toBe(0);
  });

  test("and Olga, who moves to a server of her own, is told that nothing comes along", async () => {
    const before = entry("olga");
    team.edit((text) => text.replace(before, before.replace("    server: dev-shared\n", "")));
    const { stdout, stderr } = await team.pulumi("preview");
    expect(`${stdout}${stderr}`).toContain('"olga" moves from dev-shared to dev-olga, and nothing is copied');
    const servers = (await team.preview()).filter(({ type }) => type === "hcloud:index/server:Server");
    expect(servers.map(({ op, name }) => [op, name]).sort()).toEqual([
      ["create", "dev-olga"],
      ["delete", "dev-shared"],
    ]);
  });
});
