import { beforeAll, describe, expect, test } from "vitest";
import { timed } from "../support/figure";
import { developmentTeam, type Team } from "../support/team";

/** J7: the whole stack goes, and the local Hetzner holds nothing afterwards. */
describe("pulumi destroy", () => {
  let team: Team;

  beforeAll(async () => {
    team = await developmentTeam();
  });

  test("leaves no server, key, firewall, volume or address behind", async () => {
    expect(await team.cloudHolds("servers")).toBe(3);
    const { code } = await timed("J7: pulumi destroy of three servers", () =>
      team.pulumi("destroy", "--yes", "--skip-preview"),
    );
    expect(code).toBe(0);
    for (const kind of [
      "servers",
      "ssh_keys",
      "firewalls",
      "volumes",
      "primary_ips",
      "placement_groups",
      "networks",
    ]) {
      expect(await team.cloudHolds(kind)).toBe(0);
    }
  });
});
