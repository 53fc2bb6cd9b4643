import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { timed } from "../support/figure";
import { developmentTeam, type Team } from "../support/team";

/** One server does not answer: it is named with what to look at, it is given up in time, and the others get what is theirs. */
describe("a server that does not answer SSH", () => {
  let team: Team;

  beforeAll(async () => {
    team = await developmentTeam();
    await team.root("dev-wes", "systemctl stop ssh");
    await team.pulumi("config", "set", "team-runtime:sshWait", "20");
    team.edit((text) => text.replace(/^ {2}- \{ lead: marcus, over: nadia .*\n/m, ""));
  });

  afterAll(async () => {
    await team.root("dev-wes", "systemctl start ssh");
  });

  test("fails the update, and says which server, which address, and what to look at", async () => {
    const { code, stdout, stderr } = await timed("giving up on a server after sshWait = 20 s", () =>
      team.pulumi("up", "--yes", "--skip-preview", "--continue-on-error", "--color=never"),
    );
    const text = `${stdout}${stderr}`;
    expect(code).not.toBe(0);
    expect(text).toMatch(/dev-wes-\w+: the server did not answer SSH.*Fix: .*console/);
    expect(text).toContain(await team.addressOf("dev-wes"));
  });

  test("has not kept the revocation on another server from being true", async () => {
    await expect(team.root("dev-nadia", "id marcus")).rejects.toThrow();
  });

  test("gets what it missed when it is back", async () => {
    await team.root("dev-wes", "systemctl start ssh");
    await team.up();
    expect(await team.preview()).toEqual([]);
  });
});
