import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { figure, timed } from "../support/figure";
import { developmentTeam, type Team } from "../support/team";
import { teamCommand } from "../support/team-command";
import type { Terminal } from "../support/terminal";

const servers = ["dev-marcus", "dev-nadia", "dev-wes"];

let team: Team;
let documents: readonly string[];

beforeAll(async () => {
  team = await developmentTeam();
  documents = await accessDocuments();
});

const accessDocuments = (): Promise<readonly string[]> =>
  Promise.all(servers.map((server) => team.accessDocument(server)));
const audit = (): ReturnType<typeof teamCommand> =>
  teamCommand("audit", "--team", join(team.folder, "team.dev.yaml"));

describe("a team that chooses et, of which its stack does not say where it comes from", () => {
  test("is told so, with the commands that say it, and nothing is done", async () => {
    team.edit((text) => text.replace(/^defaults:\n/m, "defaults:\n  terminal: et\n"));
    const { code, stdout, stderr } = await team.pulumi("preview", "--color=never");
    expect(code).not.toBe(0);
    expect(`${stdout}${stderr}`).toMatch(
      /team-runtime:eternalTerminal: The team file says `terminal: et`.* Fix: Run `pulumi config set --path team-runtime:eternalTerminal\.version/,
    );
    expect(await audit()).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("team-runtime:eternalTerminal:") as unknown,
    });
  });
});

describe("a team that chooses mosh", () => {
  test("sees it in the preview: the firewall, what each server has, its tools, and no access", async () => {
    team.edit((text) => text.replace("  terminal: et\n", "  terminal: mosh\n"));
    const steps = await team.preview();
    expect(steps.map(({ op, name, diffReasons }) => [op, name, diffReasons.join()])).toEqual(
      expect.arrayContaining([
        ["update", "team", "rules"],
        ...servers.map((server) => ["update", `${server}-tools`, "stdin"]),
      ]),
    );
    expect(steps.filter(({ name }) => name.endsWith("-access"))).toEqual([]);
    const { stdout } = await team.pulumi("preview", "--diff", "--color=never");
    expect(stdout).toMatch(/~ terminal *: "ssh" => "mosh"/);
    expect(stdout).toContain("60000-60099");
  });

  test("has it after the update, with the same access, and its audit is clean", async () => {
    await timed("pulumi up: mosh on three servers", () => team.up());
    expect(await accessDocuments()).toEqual(documents);
    expect(await team.preview()).toEqual([]);
    expect((await audit()).code).toBe(0);
  });

  test("is told by the audit when somebody opens another port", async () => {
    const file = "/etc/team-runtime/firewall.d/terminal.nft";
    await team.root("dev-wes", `cp ${file} /run/terminal.nft && echo 'tcp dport 1-65535 accept' >${file}`);
    const { code, stdout } = await audit();
    expect([code, stdout]).toEqual([1, expect.stringContaining("closed: tcp dport 1-65535 accept")]);
    await team.root("dev-wes", `cp /run/terminal.nft ${file}`);
    expect((await audit()).code).toBe(0);
  });
});

/** D3: Marcus helps Wes over a terminal that would survive everything else. */
describe("taking away Marcus's grant while he is attached over mosh", () => {
  let marcus: Terminal;
  let wes: Terminal;

  beforeAll(async () => {
    await team.ssh("wes@dev-wes", "sudo -n -u wes-agent tmux new-session -d -s work");
    // From his own server, on which the key is that dev-wes lets in.
    marcus = await team.terminal("marcus@dev-marcus");
    await marcus.waitFor(/marcus@dev-marcus/);
    await marcus.type("mosh dev-wes");
    await marcus.waitFor(/marcus@dev-wes/, 30);
    await marcus.type("sudo -u wes-agent tmux attach -t work");
    await marcus.waitFor("[work]");
    wes = await team.terminal("wes@dev-wes");
    await wes.waitFor(/wes@dev-wes/);
    await wes.type("sudo -u wes-agent tmux attach -t work");
    await wes.waitFor("[work]");
    team.edit((text) => text.replace(/^ {2}- \{ lead: marcus, over: wes .*\n/m, ""));
  });

  afterAll(async () => {
    await Promise.all([marcus.close(), wes.close()]);
    await team.ssh("wes@dev-wes", "sudo -n -u wes-agent tmux kill-session -t work");
  });

  test("ends his session, and brings him back to his own server", async () => {
    await team.up();
    const applied = Date.now();
    await marcus.waitFor("[mosh is exiting.]", 5);
    figure("D3 over mosh: ended after the update", `${((Date.now() - applied) / 1000).toFixed(1)} s`);
    await expect(team.root("dev-wes", "pgrep -u marcus")).rejects.toThrow();
    await marcus.type("mosh dev-wes; echo status $?");
    await marcus.waitFor(/Permission denied|Could not resolve|Did not find/);
  });

  test("leaves Wes's terminal and session alone", async () => {
    await wes.type("echo still $((6 * 7))");
    await wes.waitFor("still 42");
  });
});

describe("a team that goes back to ssh", () => {
  test("has nothing of it left", async () => {
    team.edit((text) => text.replace("  terminal: mosh\n", ""));
    await team.up();
    expect(await team.root("dev-nadia", "ls -A /etc/team-runtime/firewall.d")).toBe("");
    await expect(team.root("dev-nadia", "command -v mosh-server")).rejects.toThrow();
    expect(await team.ssh("nadia@dev-nadia", "id -un")).toMatchObject({ stdout: "nadia\n" });
    expect((await audit()).code).toBe(0);
  });
});
