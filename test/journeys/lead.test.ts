import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { developmentTeam, type Team } from "../support/team";
import type { Terminal } from "../support/terminal";

let team: Team;
let laptop: Terminal;

beforeAll(async () => {
  team = await developmentTeam();
  await team.ssh("wes@dev-wes", "sudo -n -u wes-agent tmux new-session -d -s billing");
  laptop = await team.terminal("marcus@dev-marcus");
  await laptop.waitFor(/marcus@dev-marcus/);
});

afterAll(async () => {
  await laptop.close();
  await team.ssh("wes@dev-wes", "sudo -n -u wes-agent tmux kill-session -t billing");
});

/** J3: a lead reaches the agents that are granted to him, from his own server, and nothing more. */
describe("Marcus, who leads Wes", () => {
  test("goes from his server to dev-wes with the key that lives there, to a known host", async () => {
    await laptop.type("ssh dev-wes");
    await laptop.waitFor(/marcus@dev-wes/);
    expect(await laptop.screen()).not.toContain("authenticity");
  });

  test("sees Wes's sessions", async () => {
    await laptop.type("sudo -u wes-agent tmux ls");
    await laptop.waitFor("billing: 1 windows");
  });

  test("attaches and types", async () => {
    await laptop.type("sudo -u wes-agent tmux attach -t billing");
    await laptop.waitFor("[billing]");
    await laptop.type("echo $((6 * 7)) by $(id -un)");
    await laptop.waitFor("42 by wes-agent");
  });

  const onDevWes = (command: string) => team.ssh("marcus@dev-wes", command);

  test("acts as the agent, by one command from the laptop too", async () => {
    expect(await onDevWes("sudo -n -u wes-agent id -un")).toMatchObject({ code: 0, stdout: "wes-agent\n" });
  });

  test.each(["wes", "root", "deploy"])("does not become %s", async (target) => {
    expect((await onDevWes(`sudo -n -u ${target} id`)).code).not.toBe(0);
  });

  test("does not read Wes's home", async () => {
    expect((await onDevWes("ls /home/wes")).code).not.toBe(0);
  });

  test("has no key there but the restricted one of his own server", async () => {
    const keys = await team.root("dev-wes", "cat /etc/ssh/authorized_keys/marcus");
    expect(keys).toMatch(/^restrict,pty,from="127\.77\.\d+\.\d+" ssh-ed25519 \S+ marcus@dev-marcus$/);
    expect((await team.sshWithKeyOf("marcus", "marcus@dev-wes", "id")).code).toBe(255);
  });

  test("cannot use his hop key from anywhere but his server", async () => {
    const address = await team.root("dev-wes", "hostname -I");
    const key = await team.root("dev-marcus", "cat /etc/team-runtime/hop/marcus/id_ed25519");
    expect((await team.sshWithPrivateKey(key, `marcus@${address.trim()}`, "id")).code).toBe(255);
  });
});

describe("who is granted nothing", () => {
  test("Nadia has no account on dev-wes and cannot reach it from hers", async () => {
    await expect(team.root("dev-wes", "id nadia")).rejects.toThrow();
    expect((await team.ssh("nadia@dev-wes", "id")).code).not.toBe(0);
    expect((await team.sshWithKeyOf("nadia", "nadia@dev-wes", "id")).code).toBe(255);
  });

  test("Wes has no account on dev-marcus and dev-nadia, and Marcus none where no grant names him", async () => {
    for (const server of ["dev-marcus", "dev-nadia"])
      await expect(team.root(server, "id wes")).rejects.toThrow();
    await expect(team.root("dev-marcus", "id nadia")).rejects.toThrow();
  });
});
