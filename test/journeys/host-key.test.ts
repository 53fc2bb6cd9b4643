import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { developmentTeam, type Team } from "../support/team";

/** A server that shows another host key gets nothing, until somebody has compared the key and says that it is right. */
describe("dev-nadia with another host key", () => {
  const key = "/etc/ssh/ssh_host_ed25519_key";
  const rules = "cat /etc/sudoers.d/50-team-runtime";
  let team: Team;
  let before: string;
  let newKey: string;
  let logins: number;

  beforeAll(async () => {
    team = await developmentTeam();
    before = await team.root("dev-nadia", rules);
    await team.root(
      "dev-nadia",
      `mkdir /root/former && mv ${key} ${key}.pub /root/former/ && ssh-keygen -q -t ed25519 -N '' -C '' -f ${key} && systemctl restart ssh`,
    );
    newKey = (await team.root("dev-nadia", `cut -d ' ' -f 1,2 ${key}.pub`)).trim();
    logins = await team.logins("dev-nadia");
    // The command provider dials again after any error, this one too.
    await team.pulumi("config", "set", "team-runtime:sshWait", "20");
    team.edit((text) =>
      text.replace("lead: marcus, over: nadia }", "lead: marcus, over: nadia, mode: watch }"),
    );
  });

  afterAll(async () => {
    await team.root(
      "dev-nadia",
      `mv /root/former/* /etc/ssh/ && rmdir /root/former && systemctl restart ssh`,
    );
  });

  test("stops the update with a sentence that says how to accept the key", async () => {
    const { code, stdout, stderr } = await team.pulumi("up", "--yes", "--skip-preview", "--color=never");
    const text = `${stdout}${stderr}`;
    expect(code).not.toBe(0);
    expect(text).toMatch(
      /dev-nadia-\w+: the server showed another host key than the pinned one; nothing was sent/,
    );
    expect(text).toContain("pulumi config set --path 'team-runtime:hostKeys.");
    expect(text).not.toMatch(/^\s+at .*\(.*:\d+:\d+\)/m);
  });

  test("has got nothing: no login, and the rules of before", async () => {
    expect(await team.logins("dev-nadia")).toBe(logins);
    expect(await team.root("dev-nadia", rules)).toBe(before);
  });

  test("is not reached by its lead either, who has the key of before", async () => {
    expect((await team.ssh("marcus@dev-nadia", "true")).code).not.toBe(0);
  });

  test("gets its update when the key is accepted, and its lead gets the key", async () => {
    await team.pulumi("config", "set", "--path", "team-runtime:hostKeys.dev-nadia", newKey);
    await team.up();
    expect(await team.root("dev-nadia", rules)).toContain("/usr/local/lib/team-runtime/watch");
    expect(await team.root("dev-marcus", "cat /etc/ssh/team-known-hosts-marcus")).toContain(
      `dev-nadia ${newKey}`,
    );
    expect((await team.ssh("marcus@dev-nadia", "true")).code).toBe(0);
    expect(await team.preview()).toEqual([]);
  });
});
