import { beforeAll, describe, expect, test } from "vitest";
import { figure, timed } from "../support/figure";
import { developmentTeam, type Team } from "../support/team";

/** J8: nothing changed, so nothing happens. */
describe("an unchanged stack", () => {
  const servers = ["dev-marcus", "dev-nadia", "dev-wes"];
  let team: Team;

  beforeAll(async () => {
    team = await developmentTeam();
  });

  const allLogins = (): Promise<readonly number[]> =>
    Promise.all(servers.map((server) => team.logins(server)));

  test("`pulumi up` reports no changes and opens no SSH connection", async () => {
    const before = await allLogins();
    const { stdout } = await timed("J8: unchanged pulumi up", () => team.up());
    expect(stdout).toMatch(/Resources:\s+\d+ unchanged/);
    expect(await allLogins()).toEqual(before);
    // The count does count: a login is one more.
    await team.ssh("wes@dev-wes", "true");
    expect(await team.logins("dev-wes")).toBe((before[2] ?? 0) + 1);
  });

  test("the applier finds nothing to do on any server", async () => {
    for (const server of servers) {
      const document = await team.accessDocument(server);
      expect(
        await team.rootWithInput(server, "/usr/local/lib/team-runtime/apply-access --check", document),
      ).toBe("");
    }
  });

  test("what a machine takes of memory is printed", async () => {
    const kilobytes = await team.root("dev-wes", "ps -eo rss= | awk '{ sum += $1 } END { print sum }'");
    figure(
      "one machine, resident memory of all its processes",
      `${(Number(kilobytes) / 1024).toFixed(0)} MiB`,
    );
    expect(Number(kilobytes)).toBeGreaterThan(0);
  });
});
