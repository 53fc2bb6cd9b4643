import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { figure, timed } from "../support/figure";
import { powerOff } from "../support/power";
import { developmentTeam, endDevelopmentTeam, sandbox, type Team } from "../support/team";

let team: Team;

interface Image {
  readonly id: number;
  readonly type: string;
  readonly created_from: { readonly name: string };
}

/** A call of the local Hetzner's API, as an operator makes it at the provider's console; must succeed. */
async function hetzner<Body>(method: "GET" | "POST" | "PUT", path: string, body?: object): Promise<Body> {
  const endpoint = (await sandbox(["exec", "printenv", "HCLOUD_ENDPOINT"])).stdout.trim();
  const answer = await fetch(`${endpoint}${path}`, {
    method,
    headers: { Authorization: `Bearer ${"x".repeat(64)}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${path}: ${String(answer.status)} ${await answer.text()}`);
  return (await answer.json()) as Body;
}

const serverIds = async (): Promise<Readonly<Record<string, number>>> => {
  const { servers } = await hetzner<{ servers: readonly { id: number; name: string }[] }>("GET", "/servers");
  return Object.fromEntries(servers.map(({ id, name }) => [name, id]));
};
const images = async (type: string): Promise<readonly Image[]> =>
  (await hetzner<{ images: readonly Image[] }>("GET", `/images?type=${type}`)).images;

/** Gives a person's entry a line of its own. */
const withLine = (person: string, line: string) => (text: string) =>
  text.replace(`  ${person}:\n`, `  ${person}:\n    ${line}\n`);

beforeAll(async () => {
  team = await developmentTeam();
});
// The stack remembers a leaver of whom the committed team file knows nothing.
afterAll(() => endDevelopmentTeam());

/** Proves docs/runbook.md, "A server is dead": the same people, the same uids, the same files, and nobody else touched. */
describe("a dead server", () => {
  let before: Readonly<Record<string, number>>;
  let uids: string;
  let image: number;

  const workspace = "/home/nadia-agent/work/notes";

  test("has backups when the team file says so, and that is all that changes", async () => {
    team.edit(withLine("nadia", "server: { backups: true }"));
    const steps = await team.preview();
    expect(steps.map(({ op, name, type, diffReasons }) => [op, name, type, diffReasons.join()])).toEqual([
      ["update", "dev-nadia", "hcloud:index/server:Server", "backups"],
    ]);
    await team.up();
    await team.ssh(
      "nadia@dev-nadia",
      "sudo -n -u nadia-agent sh -c 'mkdir -p ~/work; echo precious > ~/work/notes'",
    );
    await team.ssh("nadia@dev-nadia", "echo mine > ~/mine");
    before = await serverIds();
    uids = await team.root("dev-nadia", "id -u nadia nadia-agent marcus");
    // Hetzner makes one a day; this is today's.
    await hetzner("POST", `/servers/${String(before["dev-nadia"])}/actions/create_image`, { type: "backup" });
    expect(await images("backup")).toMatchObject([{ created_from: { name: "dev-nadia" } }]);
  });

  test("is made again from a backup that was made a snapshot", async () => {
    await powerOff("dev-nadia");
    image = (await images("backup"))[0]?.id ?? 0;
    await hetzner("PUT", `/images/${String(image)}`, { type: "snapshot" });
    team.edit((text) => text.replace("backups: true", `backups: true, image: ${String(image)}`));
    expect(await team.preview()).toEqual([]);
    const started = performance.now();
    const targets = ["**::dev-nadia", "**::dev-nadia-*", "**::dev-nadia/*"].flatMap((urn) => [
      "--target",
      urn,
    ]);
    const { code, stdout } = await team.pulumi(
      "destroy",
      "--yes",
      "--skip-preview",
      "--target-dependents",
      ...targets,
    );
    expect([code, stdout]).toEqual([0, expect.not.stringMatching(/Server dev-(wes|marcus) deleted/)]);
    await team.up();
    figure(
      "dead server: destroyed and made again from a snapshot",
      `${((performance.now() - started) / 1000).toFixed(1)} s`,
    );
  });

  test("has the same people, uids and files, and the others are untouched", async () => {
    const after = await serverIds();
    expect({ ...after, "dev-nadia": 0 }).toEqual({ ...before, "dev-nadia": 0 });
    expect(after["dev-nadia"]).not.toBe(before["dev-nadia"]);
    expect(await team.root("dev-nadia", "id -u nadia nadia-agent marcus")).toBe(uids);
    expect((await team.ssh("nadia@dev-nadia", "cat mine")).stdout).toBe("mine\n");
    expect((await team.ssh("marcus@dev-nadia", `sudo -n -u nadia-agent cat ${workspace}`)).stdout).toBe(
      "precious\n",
    );
    expect((await team.ssh("marcus@dev-nadia", "sudo -n -u nadia id")).code).not.toBe(0);
    expect(await team.preview()).toEqual([]);
  });

  test("has a host key of its own, and not the one that lies in the snapshot", async () => {
    const { stdout } = await team.pulumi("stack", "output", "servers", "--json");
    const { hostKey } = (JSON.parse(stdout) as Record<string, { hostKey: string }>)["dev-nadia"] ?? {
      hostKey: "?",
    };
    expect(await team.root("dev-nadia", "cut -d ' ' -f 1,2 /etc/ssh/ssh_host_ed25519_key.pub")).toBe(hostKey);
  });
});

/** Proves docs/runbook.md, "Somebody leaves": the last disk is kept before the server goes. */
describe("a leaver's server that is archived", () => {
  const archives = async (): Promise<readonly Image[]> =>
    (await images("snapshot")).filter(({ created_from: { name } }) => name === "dev-wes");

  test("previews as a snapshot made and a server deleted", async () => {
    team.edit((text) =>
      text
        .replace(/.*over: wes .*\n/, "")
        .replace(/ {2}wes:\n(?: {4}.*\n)*/, "  wes: { left: 2025-11-01 }\n"),
    );
    await team.up();
    team.edit((text) => text.replace("left: 2025-11-01", "left: { on: 2025-11-01, server: archived }"));
    const steps = await team.preview();
    expect(steps.filter(({ op }) => op === "create").map(({ name, type }) => [name, type])).toEqual([
      ["dev-wes-archive", "hcloud:index/snapshot:Snapshot"],
    ]);
    expect(steps.map(({ op, name }) => `${op} ${name}`)).toContain("delete dev-wes");
  });

  test("is in a snapshot before it is gone", async () => {
    await timed("leaver: pulumi up that makes a snapshot and destroys the server", () => team.up());
    expect(await serverIds()).not.toHaveProperty("dev-wes");
    expect(await archives()).toHaveLength(1);
    expect(await team.preview()).toEqual([]);
  });

  test("loses the snapshot when the file says destroyed", async () => {
    team.edit((text) => text.replace("server: archived", "server: destroyed"));
    expect((await team.preview()).map(({ op, name }) => [op, name])).toEqual([["delete", "dev-wes-archive"]]);
    await team.up();
    expect(await archives()).toEqual([]);
  });
});
