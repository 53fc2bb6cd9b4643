import fc from "fast-check";
import { expect, test } from "vitest";
import { grantsOf, renderAccessDocument } from "../../components/access-document";
import { watchCommand } from "../../components/sudoers";
import { sudoTime } from "../../config/instants";
import { plan } from "../../config/plan";
import { lineProgress } from "../../engine/progress";
import { run } from "../../engine/run";
import { ensureHostTools } from "../../sandbox/image/host-tools";
import { ensureImage } from "../../sandbox/image/image";
import { anyTeam } from "../config/access-arbitrary";
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

/**
 * Proves that the sudoers lines mean what the model says, no more and no less, by sudo's own parser: the cvtsudoers of the
 * machines' image.
 */
test("for random teams, sudo grants exactly the pairs of the model", async () => {
  const progress = lineProgress();
  await ensureHostTools(progress);
  const image = await ensureImage(progress);
  let checked = 0;
  await fc.assert(
    fc.asyncProperty(anyTeam, async (team) => {
      const { servers } = plan(team);
      const late = { hopKeys: new Map<string, string>(), addresses: new Map<string, string>() };
      const lines = servers.flatMap((server) => Object.values(renderAccessDocument(server, late).sudoers));
      const { code, stdout, stderr } = await run(
        "chroot",
        [image, "cvtsudoers", "-c", "/dev/null", "-e", "-f", "json", "-"],
        { input: lines.map((line) => `${line}\n`).join("") },
      );
      expect(code, stderr).toBe(0);
      const model = servers
        .flatMap(grantsOf)
        .map(({ who, runAs, mode, until }) =>
          [
            who,
            runAs,
            mode === "attach" ? "ALL" : watchCommand,
            until === undefined ? "" : sudoTime(until),
          ].join(" "),
        );
      expect(pairs(stdout)).toEqual([...new Set(model)].sort());
      checked += 1;
    }),
    { numRuns: teams },
  );
  figure("random teams whose sudoers equal the model, by cvtsudoers", String(checked));
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
