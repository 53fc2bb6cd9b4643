import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { grantsOf, renderAccessDocument, type AccessDocument } from "../../components/access-document";
import { watchCommand } from "../../components/sudoers";
import { sudoTime } from "../../config/instants";
import { plan, type ServerPlan } from "../../config/plan";
import { lineProgress } from "../../engine/progress";
import { run } from "../../engine/run";
import { unshareDriver } from "../../sandbox/drivers/unshare";
import { ensureHostTools } from "../../sandbox/image/host-tools";
import { ensureImage } from "../../sandbox/image/image";
import { anyTeam } from "../config/access-arbitrary";
import { keyLine, teamOf, textLedByOne } from "../config/sample";
import { figure } from "../support/figure";

const teams = Number(process.env["TEAM_RUNTIME_POLICY_TEAMS"] ?? "1000");

interface SudoersJson {
  readonly User_Specs?: readonly {
    readonly User_List: readonly { readonly username: string }[];
    readonly Host_List: readonly { readonly hostname: string }[];
    readonly Cmnd_Specs: readonly {
      readonly runasusers: readonly { readonly username: string }[];
      readonly Options: readonly Readonly<Record<string, unknown>>[];
      readonly Commands: readonly { readonly command: string }[];
    }[];
  }[];
}

let image: string;

beforeAll(async () => {
  const progress = lineProgress();
  await ensureHostTools(progress, unshareDriver.hostTools);
  image = await ensureImage(progress);
});

/** The access documents of all servers of a team, with a hop key for each lead. */
function documentsOf(servers: readonly ServerPlan[]): readonly AccessDocument[] {
  const grants = servers.flatMap((server) => server.grants);
  const late = {
    hopKeys: new Map(grants.map(({ lead }) => [lead, keyLine(`hop of ${lead}`)])),
    addresses: new Map(grants.map(({ leadServer }) => [leadServer, "192.0.2.1"])),
  };
  return servers.map((server) => renderAccessDocument(server, late));
}

/** Asks sudo's own parser: the cvtsudoers of the machines' image. */
async function expectSudoToGrantTheModel(servers: readonly ServerPlan[]): Promise<void> {
  const lines = documentsOf(servers).flatMap(({ sudoers }) => Object.values(sudoers));
  const { code, stdout, stderr } = await run(
    "chroot",
    [image, "cvtsudoers", "-c", "/dev/null", "-e", "-f", "json", "-"],
    { input: lines.map((line) => `${line}\n`).join("") },
  );
  expect(code, stderr).toBe(0);
  const model = servers
    .flatMap(grantsOf)
    .map(({ who, runAs, mode, until }) =>
      [who, runAs, mode === "attach" ? "ALL" : watchCommand, until === undefined ? "" : sudoTime(until)].join(
        " ",
      ),
    );
  expect(pairs(stdout)).toEqual([...new Set(model)].sort());
}

/** Asks OpenSSH: each line is one key, and a personal key's has the fingerprint under which a reviewer sees it. */
async function expectSshToReadTheKeys(servers: readonly ServerPlan[]): Promise<number> {
  const lines = documentsOf(servers).flatMap(({ keys }) => Object.values(keys).flatMap(Object.entries));
  const { stdout, stderr } = await run("ssh-keygen", ["-l", "-f", "-"], {
    input: lines.map(([, line]) => `${String(line)}\n`).join(""),
  });
  const read = stdout.split("\n").filter((line) => line !== "");
  expect(read.length, stderr).toBe(lines.length);
  for (const [index, [label]] of lines.entries())
    if (label.startsWith("SHA256:")) expect(read[index]?.split(" ")[1]).toBe(label);
  return lines.length;
}

/** Proves that the rendered lines mean what the model says, no more and no less, to the programs that read them. */
test("for random teams, sudo grants exactly the pairs of the model, and ssh reads every key", async () => {
  let checked = 0;
  let keys = 0;
  await fc.assert(
    fc.asyncProperty(anyTeam, async (team) => {
      const { servers } = plan(team);
      await expectSudoToGrantTheModel(servers);
      keys += await expectSshToReadTheKeys(servers);
      checked += 1;
    }),
    { numRuns: teams },
  );
  figure("random teams whose sudoers equal the model, by cvtsudoers", String(checked));
  figure("key lines that ssh-keygen reads", String(keys));
});

test.each([1, 15, 200])("for a team of %i with a lead over all others too", async (size) => {
  const { servers } = plan(teamOf(textLedByOne(size)));
  await expectSudoToGrantTheModel(servers);
  // A person's own key on each server, and the lead's on all others.
  expect(await expectSshToReadTheKeys(servers)).toBe(2 * size - 1);
});

/** WHO RUNAS COMMAND END of every rule that sudo reads; fails for anything that is not a plain grant. */
function pairs(json: string): readonly string[] {
  const { User_Specs: rules = [] } = JSON.parse(json === "" ? "{}" : json) as SudoersJson;
  const found = rules.flatMap((rule) => {
    expect(rule.Host_List).toEqual([{ hostname: "ALL" }]);
    return rule.Cmnd_Specs.flatMap(({ runasusers, Options: options, Commands: commands }) => {
      const { notafter = "", ...tags } = Object.assign({}, ...options) as Record<string, unknown>;
      expect(tags).toEqual({ authenticate: false, setenv: false });
      return rule.User_List.flatMap(({ username: who }) =>
        runasusers.flatMap(({ username: runAs }) =>
          commands.map(({ command }) => [who, runAs, command, String(notafter)].join(" ")),
        ),
      );
    });
  });
  return [...new Set(found)].sort();
}
