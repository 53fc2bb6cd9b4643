import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { timed } from "../support/figure";
import { developmentTeam, type Team } from "../support/team";
import type { Terminal } from "../support/terminal";

/** J4: one line of the team file goes, and with it everything that hangs on it, at once. */
describe("taking away Marcus's grant over Wes", () => {
  let team: Team;
  let marcus: Terminal;
  let wes: Terminal;
  let tmuxServer: string;
  let loginsAtNadia: number;

  const tmuxServerOfWes = (): Promise<string> =>
    team.root("dev-wes", "systemctl show -p MainPID --value agent-tmux@wes-agent");

  beforeAll(async () => {
    team = await developmentTeam();
    await team.ssh("wes@dev-wes", "sudo -n -u wes-agent tmux new-session -d -s work");
    marcus = await team.terminal("marcus@dev-wes");
    await marcus.waitFor(/marcus@dev-wes/);
    await marcus.type("sudo -u wes-agent tmux attach -t work");
    await marcus.waitFor("[work]");
    wes = await team.terminal("wes@dev-wes");
    await wes.waitFor(/wes@dev-wes/);
    tmuxServer = await tmuxServerOfWes();
    loginsAtNadia = await team.logins("dev-nadia");
    team.edit((text) => text.replace(/^ {2}- \{ lead: marcus, over: wes .*\n/m, ""));
  });

  afterAll(async () => {
    await marcus.close();
    await wes.close();
    await team.ssh("wes@dev-wes", "sudo -n -u wes-agent tmux kill-session -t work");
  });

  test("previews as one grant deleted, one access document changed, and Marcus's own list of peers", async () => {
    const steps = await team.preview();
    expect(steps.map(({ op, name, diffReasons }) => [op, name, diffReasons.join()])).toEqual(
      expect.arrayContaining([
        ["delete", "dev-wes/lead-marcus", ""],
        ["update", "dev-wes-access", "stdin"],
        ["update", "dev-marcus-peers", "stdin"],
      ]),
    );
    expect(steps).toHaveLength(3);
  });

  test("shows the sudoers line, the key line and the account that go, and no other", async () => {
    const { stdout } = await team.pulumi("preview", "--diff", "--color=never");
    const removed = stdout.split("\n").filter((line) => /^\s*- /.test(line));
    for (const part of ["marcus as wes-agent", "hop key of dev-marcus", "restrict,pty", '"lead"']) {
      expect(removed.join("\n")).toContain(part);
    }
    expect(removed.join("\n")).not.toMatch(/nadia|wes as wes-agent/);
  });

  test("is applied", async () => {
    await timed("J4: pulumi up that takes away a grant", () => team.up());
  });

  test("has ended his attached terminal, and told him why", async () => {
    await marcus.waitFor(/Pane is dead|closed/, 5);
    expect(await marcus.screen()).toMatch(/your access as wes-agent on dev-wes has ended/);
  });

  test("refuses his next login and has removed his account", async () => {
    expect((await team.ssh("marcus@dev-wes", "id")).code).not.toBe(0);
    await expect(team.root("dev-wes", "id marcus")).rejects.toThrow();
    expect(await team.root("dev-wes", "ls /etc/ssh/authorized_keys")).not.toContain("marcus");
    expect(await team.root("dev-wes", "grep -rc marcus /etc/sudoers.d || true")).not.toMatch(/:[1-9]/);
  });

  test("has left Wes's terminal, his tmux server and his session alone", async () => {
    expect(await tmuxServerOfWes()).toBe(tmuxServer);
    await wes.type("sudo -u wes-agent tmux ls");
    await wes.waitFor("work: 1 windows");
  });

  test("has not made anybody log in to Nadia's server, where Marcus still leads", async () => {
    expect(await team.logins("dev-nadia")).toBe(loginsAtNadia);
    expect((await team.ssh("marcus@dev-nadia", "sudo -n -u nadia-agent id -un")).stdout).toBe(
      "nadia-agent\n",
    );
  });

  test("changes nothing when it is applied again", async () => {
    expect(await team.preview()).toEqual([]);
  });
});
