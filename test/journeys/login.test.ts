import { beforeAll, describe, expect, test } from "vitest";
import { developmentTeam, type Team } from "../support/team";

let team: Team;

beforeAll(async () => {
  team = await developmentTeam();
});

/** J1: what a developer may do on their own server, and what not. */
describe("Wes on dev-wes", () => {
  const wes = (...command: readonly string[]) => team.ssh("wes@dev-wes", ...command);

  test("logs in by key", async () => {
    expect(await wes("id", "-un")).toMatchObject({ code: 0, stdout: "wes\n" });
  });

  test("acts as his agent", async () => {
    expect(await wes("sudo", "-n", "-u", "wes-agent", "id", "-un")).toMatchObject({
      code: 0,
      stdout: "wes-agent\n",
    });
  });

  test.each([
    ["root", ["sudo", "-n", "id"]],
    ["root by name", ["sudo", "-n", "-u", "root", "id"]],
    ["another account of the machine", ["sudo", "-n", "-u", "daemon", "id"]],
    ["the deploy user", ["sudo", "-n", "-u", "deploy", "id"]],
    ["a group that is not his", ["sudo", "-n", "-u", "wes-agent", "-g", "root", "id"]],
    ["his agent with his environment", ["sudo", "-n", "-E", "-u", "wes-agent", "id"]],
    ["a shell by su", ["su", "-", "root", "-c", "id"]],
  ])("does not become %s", async (_who, command) => {
    const { code, stdout } = await wes(...command);
    expect(code).not.toBe(0);
    expect(stdout).not.toContain("uid=");
  });

  test("does not become Nadia, who has no account there", async () => {
    expect((await wes("sudo", "-n", "-u", "nadia", "id")).code).not.toBe(0);
  });

  test("is not let in as root or with a password, by the server's own settings", async () => {
    const settings = await team.root("dev-wes", "sshd -T");
    for (const line of [
      "permitrootlogin no",
      "passwordauthentication no",
      "kbdinteractiveauthentication no",
    ]) {
      expect(settings.split("\n")).toContain(line);
    }
  });

  test("is not let in by anybody else's key", async () => {
    expect((await team.sshWithKeyOf("nadia", "wes@dev-wes", "id")).code).toBe(255);
    expect((await team.sshWithKeyOf("wes", "root@dev-wes", "id")).code).toBe(255);
    // The same way with the right key, so that the refusals above are not the test's own fault.
    expect((await team.sshWithKeyOf("wes", "wes@dev-wes", "id")).code).toBe(0);
  });
});

/** J2: the agent's account is a place to work in, not a way in or up. */
describe("the agent on dev-wes", () => {
  const asAgent = (command: string) => team.ssh("wes@dev-wes", `sudo -n -u wes-agent sh -c '${command}'`);

  test("cannot log in over SSH, even with a key planted in its home", async () => {
    const key = await team.root("dev-wes", "cat /etc/ssh/authorized_keys/wes");
    await team.root(
      "dev-wes",
      `install -d -m 700 -o wes-agent /home/wes-agent/.ssh && printf '%s\\n' '${key}' > /home/wes-agent/.ssh/authorized_keys && ` +
        "chown wes-agent /home/wes-agent/.ssh/authorized_keys && chmod 600 /home/wes-agent/.ssh/authorized_keys",
    );
    expect((await team.sshWithKeyOf("wes", "wes-agent@dev-wes", "id")).code).toBe(255);
    await team.root("dev-wes", "rm -r /home/wes-agent/.ssh");
  });

  test("reads its own home and not the human's", async () => {
    expect((await asAgent("ls -a /home/wes-agent")).code).toBe(0);
    expect((await asAgent("ls -a /home/wes")).code).not.toBe(0);
  });

  test("has no sudo beyond itself", async () => {
    expect((await asAgent("sudo -n -u wes-agent id -un")).stdout).toBe("wes-agent\n");
    for (const target of ["root", "wes", "deploy"]) {
      expect((await asAgent(`sudo -n -u ${target} id`)).code).not.toBe(0);
    }
  });

  test("is in no group but its own and that of the agents", async () => {
    expect((await asAgent("id -Gn")).stdout.trim().split(" ").sort()).toEqual(["team-agents", "wes-agent"]);
  });

  test("has a tmux server from boot, under a unit of its own", async () => {
    const pid = await team.root("dev-wes", "pgrep -u wes-agent -f 'tmux'  | head -n 1");
    expect(await team.root("dev-wes", `cat /proc/${pid}/cgroup`)).toContain("agent-tmux@wes-agent.service");
    expect(await team.root("dev-wes", "systemctl is-enabled agent-tmux@wes-agent")).toBe("enabled");
  });
});
