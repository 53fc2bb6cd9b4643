import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { developmentTeam, type Team } from "../support/team";

let team: Team;
let original: string;

beforeAll(async () => {
  team = await developmentTeam();
  original = readFileSync(join(team.folder, "team.dev.yaml"), "utf8");
});

afterEach(() => {
  team.writeTeamFile(original);
});

describe("a bad team file", () => {
  test("fails the preview with every problem at once, no stack trace, and without a call to Hetzner or a server", async () => {
    team.edit((text) => text.replace("over: wes", "over: wess").replace("people:\n", "people:\n  Bob: {}\n"));
    const requests = await team.requestsToCloud();
    const logins = await team.logins("dev-wes");
    const { code, stdout, stderr } = await team.pulumi("preview", "--color=never");
    const text = `${stdout}${stderr}`;
    expect(code).not.toBe(0);
    expect(text).toMatch(/team\.dev\.yaml:\d+:\d+: people\.Bob.*Fix: /);
    expect(text).toMatch(/team\.dev\.yaml:\d+:\d+: grants\[\d\]\.over.*did you mean "wes".*Fix: /i);
    expect(text).not.toMatch(/^\s+at .*\(.*:\d+:\d+\)/m);
    expect(await team.requestsToCloud()).toBe(requests);
    expect(await team.logins("dev-wes")).toBe(logins);
  });
});

describe("a wrong API token", () => {
  test("fails with Hetzner's error and with what to do", async () => {
    await team.pulumi("config", "set", "hcloud:token", "0123456789abcdef0123456789abcdef");
    const { code, stdout, stderr } = await team.pulumi("preview", "--color=never");
    await team.pulumi("config", "set", "hcloud:token", "x".repeat(64));
    expect(code).not.toBe(0);
    expect(`${stdout}${stderr}`).toMatch(
      /hcloud:token: .*64.*Fix: .*pulumi config set --secret hcloud:token/,
    );
    expect(`${stdout}${stderr}`).not.toContain("0123456789abcdef");
  });
});

describe("the applier on a server", () => {
  const apply = "/usr/local/lib/team-runtime/apply-access 2>&1; echo exit=$?";

  test.each([
    ["root as the target", { "wes as wes-agent": "wes ALL=(root) NOPASSWD:NOSETENV: ALL" }, "root"],
    [
      "an unmanaged account",
      { "daemon as wes-agent": "daemon ALL=(wes-agent) NOPASSWD:NOSETENV: ALL" },
      "daemon",
    ],
    ["an unmanaged target", { "wes as wes-agent": "wes ALL=(daemon) NOPASSWD:NOSETENV: ALL" }, "daemon"],
    ["every command as anybody", { "wes as wes-agent": "wes ALL=(ALL) NOPASSWD: ALL" }, "ALL"],
  ])(
    "refuses a document that names %s, says which line, and changes nothing",
    async (_what, sudoers, named) => {
      const document = JSON.parse(await team.accessDocument("dev-wes")) as {
        sudoers: Record<string, string>;
      };
      const before = await team.root(
        "dev-wes",
        "cat /etc/sudoers.d/50-team-runtime | sha256sum; cut -d: -f1 /etc/passwd",
      );
      const hostile = JSON.stringify({ ...document, sudoers: { ...document.sudoers, ...sudoers } });
      const output = await team.rootWithInput("dev-wes", apply, hostile);
      expect(output).toContain("exit=2");
      expect(output).toContain(named);
      expect(
        await team.root("dev-wes", "cat /etc/sudoers.d/50-team-runtime | sha256sum; cut -d: -f1 /etc/passwd"),
      ).toBe(before);
    },
  );
});
