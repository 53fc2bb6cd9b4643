import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { figure } from "../support/figure";
import { powerOff, powerOn } from "../support/power";
import { developmentTeam, type Team } from "../support/team";
import { teamCommand } from "../support/team-command";
import type { Terminal } from "../support/terminal";
import { until } from "../support/until";

let team: Team;
let wes: Terminal;
let attached: Terminal;

/** Numbers of the processes of wes-agent on dev-wes. */
const processesOfAgent = () => team.root("dev-wes", "pgrep -u wes-agent -d ' ' || true");
const asAgent = (person: string) => team.ssh(`${person}@dev-wes`, "sudo -n -u wes-agent id -un");

const hopping = `
import os, time
for _ in range(20):
    if os.fork() == 0:
        os.setsid()
        while True:
            if os.fork():
                os._exit(0)
            time.sleep(0.01)
`;

beforeAll(async () => {
  team = await developmentTeam();
  await team.ssh("wes@dev-wes", "sudo -n -u wes-agent tmux new-session -d -s billing");
  await team.ssh(
    "wes@dev-wes",
    "sudo -n -u wes-agent tmux send-keys -t billing 'echo stolen $((6 * 7))' Enter",
  );
  wes = await team.terminal("wes@dev-wes");
  await wes.waitFor(/wes@dev-wes/);
  await wes.type("sudo -u wes-agent sleep 1000");
  attached = await team.terminal("wes@dev-wes");
  await attached.waitFor(/wes@dev-wes/);
  await attached.type("sudo -u wes-agent tmux attach -t billing");
  await attached.waitFor("stolen 42");
});

afterAll(async () => {
  await Promise.all([wes.close(), attached.close()]);
  await teamCommand("thaw", "wes");
});

describe("team freeze", () => {
  test("stops everything of the agent, and says after how long", async () => {
    // A program of the agent that ignores every polite signal, in a session of its own.
    await team.ssh(
      "wes@dev-wes",
      "sudo -n -u wes-agent setsid -f sh -c 'trap \"\" TERM HUP INT; while :; do sleep 1; done' < /dev/null > /dev/null 2>&1",
    );
    // And one that a list of processes never catches up with: 20 lines of processes, each of which lives for 10 ms.
    await team.rootWithInput("dev-wes", "cat > /tmp/hopping.py", hopping);
    await team.ssh(
      "wes@dev-wes",
      "sudo -n -u wes-agent setsid -f python3 /tmp/hopping.py < /dev/null > /dev/null 2>&1",
    );
    await team.root("dev-wes", "sleep 1; pgrep -u wes-agent -f hopping.py; rm /tmp/hopping.py");
    const started = performance.now();
    const { code, stdout } = await teamCommand("freeze", "wes");
    figure(
      "freeze, with Pulumi asked for the address",
      `${((performance.now() - started) / 1000).toFixed(1)} s`,
    );
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^frozen: wes-agent \(\d+ processes stopped; evidence in /),
    ]);
    expect(await processesOfAgent()).toBe("");
    const seconds = Number(/answered after ([\d.]+) s/.exec(stdout)?.[1]);
    expect(seconds).toBeGreaterThan(0);
    figure("freeze, on the server", `${String(seconds)} s`);
  });

  test("leaves the person's own shells, and tells them", async () => {
    for (const terminal of [wes, attached]) {
      await terminal.waitFor("team-runtime: wes-agent has been frozen.");
      await terminal.type("echo still $((40 + 2)) $(id -un)");
      await terminal.waitFor("still 42 wes");
    }
  });

  test("keeps evidence that only root can read", async () => {
    const folder = await team.root("dev-wes", "ls -d /var/lib/team-runtime/evidence/*-wes-agent | tail -n 1");
    expect(await team.root("dev-wes", `cat ${folder}/screen-*.txt`)).toContain("stolen 42");
    expect(await team.root("dev-wes", `cat ${folder}/processes.txt`)).toContain("sleep 1000");
    expect(await team.root("dev-wes", `cat ${folder}/open-files.txt`)).toMatch(/^\d+ exe \/usr\/bin\/tmux$/m);
    expect(await team.root("dev-wes", `cat ${folder}/network.txt`)).toContain(":22");
    expect(await team.root("dev-wes", `find ${folder} -perm /077`)).toBe("");
    expect((await team.ssh("wes@dev-wes", `ls ${folder}`)).code).not.toBe(0);
  });

  test.each(["wes", "marcus"])("%s may not act as the agent", async (person) => {
    expect((await asAgent(person)).code).not.toBe(0);
    expect((await team.ssh(`${person}@dev-wes`, "id -un")).stdout.trim()).toBe(person);
  });

  test("keeps the unit from starting, by root too", async () => {
    await expect(team.root("dev-wes", "systemctl start agent-tmux@wes-agent")).rejects.toThrow("masked");
  });

  test("leaves the agents of others alone", async () => {
    expect((await team.ssh("nadia@dev-nadia", "sudo -n -u nadia-agent id -un")).stdout.trim()).toBe(
      "nadia-agent",
    );
  });

  test("is not undone by pulumi up, which applies everything else", async () => {
    team.edit((text) =>
      text.replace("- { lead: marcus, over: wes }", "- { lead: marcus, over: wes, mode: watch }"),
    );
    await team.up();
    expect((await asAgent("wes")).code).not.toBe(0);
    expect(await processesOfAgent()).toBe("");
    team.edit((text) => text.replace(", mode: watch", ""));
    await team.up();
    expect((await asAgent("marcus")).code).not.toBe(0);
  });

  test("is not undone by --repair, and the audit says that it is pending", async () => {
    const { code, stdout } = await teamCommand(
      "audit",
      "--repair",
      "--team",
      join(team.folder, "team.dev.yaml"),
    );
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /dev-wes: drift\n {2}drift +frozen: wes-agent since \S+ stays stopped\. Fix: .*thaw wes/,
    );
    expect((await asAgent("wes")).code).not.toBe(0);
  });

  test("is not undone by a restart of the server", async () => {
    await powerOff("dev-wes");
    await powerOn(team, "dev-wes");
    expect(await processesOfAgent()).toBe("");
    expect((await asAgent("wes")).code).not.toBe(0);
  });

  test("can be said again", async () => {
    const { code, stdout } = await teamCommand("freeze", "wes");
    expect([code, stdout]).toEqual([0, expect.stringContaining("frozen: wes-agent (0 processes stopped")]);
  });
});

describe("team thaw", () => {
  test("refuses while access is not as last applied, and changes nothing", async () => {
    await team.root("dev-wes", "cp /etc/ssh/authorized_keys/wes /etc/ssh/authorized_keys/eve");
    const { code, stderr } = await teamCommand("thaw", "wes");
    expect(code).toBe(1);
    expect(stderr).toMatch(/not as last applied \(removed keys: eve\)\. Run .*audit --repair/);
    expect((await asAgent("wes")).code).not.toBe(0);
    await team.root("dev-wes", "rm /etc/ssh/authorized_keys/eve");
  });

  test("brings the agent back, with its grants and its tmux server", async () => {
    expect((await teamCommand("thaw", "wes")).code).toBe(0);
    for (const person of ["wes", "marcus"]) expect((await asAgent(person)).stdout.trim()).toBe("wes-agent");
    await until(
      async () => (await processesOfAgent()) !== "",
      10,
      () => "The tmux server of wes-agent does not run.",
    );
    expect(await team.root("dev-wes", "systemctl is-enabled agent-tmux@wes-agent")).toBe("enabled");
    expect((await teamCommand("audit", "--team", join(team.folder, "team.dev.yaml"))).code).toBe(0);
  });

  test("says nothing of an agent that is not frozen", async () => {
    const { code, stdout } = await teamCommand("thaw", "wes");
    expect([code, stdout.split("\n").length]).toEqual([0, 2]);
  });
});

describe("a person or a server that is not there", () => {
  test("an unknown person is refused with a suggestion", async () => {
    const { code, stderr } = await teamCommand("freeze", "wess");
    expect(code).toBe(2);
    expect(stderr).toMatch(/no server of "wess"\. Did you mean "wes"\? Fix: /);
  });

  test("a server that is off is unreachable", async () => {
    await powerOff("dev-nadia");
    try {
      const { code, stderr } = await teamCommand("freeze", "nadia");
      expect(code).toBe(3);
      expect(stderr).toMatch(/dev-nadia could not be reached: .*Fix: /);
    } finally {
      await powerOn(team, "dev-nadia");
    }
  });
});
