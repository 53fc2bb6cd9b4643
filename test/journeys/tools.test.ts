import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { timed } from "../support/figure";
import { developmentTeam, endDevelopmentTeam, type Team } from "../support/team";
import { teamCommand } from "../support/team-command";
import { throwAwayKey } from "../support/throw-away-key";

let team: Team;

beforeAll(async () => {
  team = await developmentTeam();
});

// The stack remembers Olga, and rightly refuses the committed team file, which does not know her.
afterAll(() => endDevelopmentTeam());

const versionOfClaude = async (): Promise<string> =>
  (await team.ssh("wes@dev-wes", "sudo -n -u wes-agent claude --version")).stdout.split(" ")[0] ?? "";

/** D5: a tool is upgraded. The real package, from the real registry. */
describe("another version of Wes's agent", () => {
  test("starts from the one that the catalogue has first", async () => {
    expect(await versionOfClaude()).toBe("2.1.332");
  });

  test("previews as one tools Command of one server, and touches no access", async () => {
    team.edit((text) => text.replace("defaults:\n", "defaults:\n  versions: { claude: 2.1.331 }\n"));
    expect((await team.preview()).map(({ op, name, diffReasons }) => [op, name, diffReasons])).toEqual([
      ["update", "dev-wes-tools", ["stdin"]],
    ]);
    const { stdout } = await team.pulumi("preview", "--diff");
    expect(stdout).toMatch(/~ version +: "2\.1\.332" => "2\.1\.331"/);
  });

  test("is drift until it is applied", async () => {
    const { code, stdout } = await teamCommand("audit", "--team", join(team.folder, "team.dev.yaml"));
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /dev-wes: drift\n {2}drift +tools: are not as planned; .* installed: claude 2\.1\.331\./,
    );
    expect(stdout).toMatch(/dev-nadia: clean/);
  });

  test("is there for the agent after the update, and no other server was reached", async () => {
    const [access, logins] = [await team.accessDocument("dev-wes"), await team.logins("dev-nadia")];
    await timed("pulumi up: one version of claude", () => team.up());
    expect(await versionOfClaude()).toBe("2.1.331");
    expect(await team.accessDocument("dev-wes")).toBe(access);
    expect(await team.logins("dev-nadia")).toBe(logins);
    expect((await teamCommand("audit", "--team", join(team.folder, "team.dev.yaml"))).code).toBe(0);
  });
});

describe("a limit of Wes's agent", () => {
  test("is a change of its own, and no access", async () => {
    team.edit((text) => text.replace("  wes:\n", "  wes:\n    limits: { memory: 2G, tasks: 900 }\n"));
    expect((await team.preview()).map(({ op, name }) => [op, name])).toEqual([
      ["update", "dev-wes-workplaces"],
    ]);
    await team.up();
    expect(
      await team.root("dev-wes", "systemctl show --property=MemoryMax,TasksMax agents-wes-agent.slice"),
    ).toBe("MemoryMax=2147483648\nTasksMax=900");
  });
});

/** The place of the program is taken, so that it fails at once, long before Olga's server has booted. */
describe("a tool that cannot be installed, while somebody joins", () => {
  const inTheWay = "/usr/local/bin/claude";

  test("fails the update with its person, server and tool in the message, and holds back nobody's access", async () => {
    await team.root("dev-wes", `rm ${inTheWay} && echo mine >${inTheWay}`);
    const { publicKey, privateKey } = throwAwayKey("olga");
    team.edit((text) =>
      text
        .replace("people:\n", `people:\n  olga:\n    keys: [${JSON.stringify(publicKey)}]\n`)
        .replace("versions: { claude: 2.1.331 }", "versions: { claude: 2.1.332 }"),
    );
    const { code, stdout, stderr } = await team.pulumi("up", "--yes", "--skip-preview");
    expect(code).not.toBe(0);
    expect(`${stdout}${stderr}`).toMatch(
      /claude 2\.1\.332 for wes on dev-wes was not installed: \/usr\/local\/bin\/claude is there and was not made by/,
    );
    const olga = `olga@${await team.addressOf("dev-olga")}`;
    expect((await team.sshWithPrivateKey(privateKey, olga, "sudo -n -u olga-agent id -un")).stdout).toBe(
      "olga-agent\n",
    );
  });

  test("is tried again by the next update", async () => {
    await team.root("dev-wes", `rm ${inTheWay}`);
    await team.up();
    expect(await versionOfClaude()).toBe("2.1.332");
    expect((await team.preview()).map(({ name }) => name)).toEqual([]);
  });
});
