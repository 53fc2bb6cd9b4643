import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { figure } from "../support/figure";
import { developmentTeam, type Team } from "../support/team";

const server = "dev-wes";
const applier = "/usr/local/lib/team-runtime/apply-access";

interface Document {
  readonly accounts: Record<string, unknown>;
  readonly keys: Record<string, unknown>;
  readonly sudoers: Record<string, string>;
}

let team: Team;
let withMarcus: Document;
let withoutMarcus: Document;

const apply = (document: Document, ...options: readonly string[]): Promise<string> =>
  team.rootWithInput(
    server,
    `${[applier, ...options].join(" ")} 2>&1; echo "exit=$?"`,
    JSON.stringify(document),
  );

/** The rules that sudo has in force, without comments. */
const rulesInForce = async (): Promise<readonly string[]> =>
  (await team.root(server, "grep -v '^#' /etc/sudoers.d/50-team-runtime || true"))
    .split("\n")
    .filter((line) => line !== "");

beforeAll(async () => {
  team = await developmentTeam();
  withMarcus = JSON.parse(await team.accessDocument(server)) as Document;
  const without = (record: Record<string, unknown>): Record<string, unknown> =>
    Object.fromEntries(Object.entries(record).filter(([name]) => name.split(" ")[0] !== "marcus"));
  withoutMarcus = {
    ...withMarcus,
    accounts: without(withMarcus.accounts),
    keys: without(withMarcus.keys),
    sudoers: without(withMarcus.sudoers) as Record<string, string>,
  };
});

afterAll(() => apply(withMarcus));

/** Proves that the applier may die after any of its steps: nobody has more than before or after, and the next run gets there. */
describe.each([
  ["giving a grant", () => [withoutMarcus, withMarcus] as const],
  ["taking a grant away", () => [withMarcus, withoutMarcus] as const],
])("killed after each step while %s", (change, documents) => {
  test("it never grants more than old and new, and the next run converges", async () => {
    const [before, after] = documents();
    const allowed = [...Object.values(before.sudoers), ...Object.values(after.sudoers)];
    let step = 1;
    for (; ; step += 1) {
      expect(await apply(before)).toMatch(/exit=0\n$/);
      await team.root(server, `echo ${String(step)} > /run/team-runtime/stop-after-step`);
      const killed = !/exit=0\n$/.test(await apply(after));
      await team.root(server, "rm -f /run/team-runtime/stop-after-step");
      for (const rule of await rulesInForce()) expect(allowed).toContain(rule);
      expect(await apply(after)).toMatch(/exit=0\n$/);
      expect(await apply(after, "--check")).toBe("exit=0\n");
      expect([...(await rulesInForce())].sort()).toEqual(Object.values(after.sudoers).sort());
      if (!killed) break;
    }
    figure(`steps after which the applier was killed while ${change}`, String(step - 1));
    expect(step).toBeGreaterThan(3);
  });
});

/** Proves that a full disk leaves every file whole, says which disk it is, and that the next run gets there. */
describe.each([
  // No byte is free: the new text cannot be written.
  [
    "/etc/sudoers.d",
    "50-team-runtime",
    "size=64k",
    "head -c 1000000 /dev/zero > /etc/sudoers.d/.filler || true",
  ],
  // No inode is free: the new file cannot even be made. A filler would not do: the applier removes stray files there.
  ["/etc/ssh/authorized_keys", "wes", "nr_inodes=3", "true"],
])("a full disk under %s", (folder, file, limit, fill) => {
  test("leaves what is there whole, names the place, and is no obstacle afterwards", async () => {
    await apply(withoutMarcus);
    await team.root(
      server,
      `mkdir -p /run/copy && cp -a ${folder}/. /run/copy/ && mount -t tmpfs -o ${limit},mode=755 tmpfs ${folder} && ` +
        `cp -a /run/copy/. ${folder}/ && (${fill})`,
    );
    const before = await team.root(server, `sha256sum ${folder}/${file}`);
    const output = await apply(withMarcus);
    expect(await team.root(server, `sha256sum ${folder}/${file}`)).toBe(before);
    await team.root(server, `umount ${folder} && rm -r /run/copy`);
    expect(output).toMatch(/exit=1\n$/);
    expect(output).toContain("no space left on device");
    expect(output).toContain(folder);
    expect(await apply(withMarcus)).toMatch(/exit=0\n$/);
    expect(await apply(withMarcus, "--check")).toBe("exit=0\n");
  });
});
