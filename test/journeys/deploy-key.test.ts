import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { projectRoot } from "../../config/project-root";
import { run } from "../../engine/run";
import { timed } from "../support/figure";
import { laptopKey, plainSsh } from "../support/laptop";
import { developmentTeam, endDevelopmentTeam, sandbox, type Team } from "../support/team";
import { throwAwayKey } from "../support/throw-away-key";

const servers = ["dev-marcus", "dev-nadia", "dev-wes"];

let team: Team;
let addresses: ReadonlyMap<string, string>;

const oldKey = laptopKey("deploy");
const oldPublicKey = readFileSync(join(projectRoot, "sandbox", "laptops", "deploy.pub"), "utf8");
const newKey = throwAwayKey("new-deploy");

/** The servers that let the deploy user in by this key. */
async function openTo(keyFile: string): Promise<readonly string[]> {
  const answers = await Promise.all(
    servers.map(async (server) => {
      const login = `deploy@${addresses.get(server) ?? ""}`;
      const words = [...plainSsh(keyFile, login), "sudo", "-n", "true"];
      return (await run("ssh", words)).code === 0 ? [server] : [];
    }),
  );
  return answers.flat();
}

/** `pulumi config WORDS`, with a value on standard input. */
async function config(words: readonly string[], input = ""): Promise<void> {
  const { code, stderr } = await sandbox(["exec", "pulumi", "config", ...words], team.folder, input);
  if (code !== 0) throw new Error(stderr);
}

beforeAll(async () => {
  team = await developmentTeam();
  addresses = new Map(
    await Promise.all(servers.map(async (server) => [server, await team.addressOf(server)] as const)),
  );
});
// The sandbox's own stack file knows the old key only.
afterAll(() => endDevelopmentTeam());

/** Proves that a change of the deploy key goes over all servers with a way in at every moment. */
describe("changing the deploy key", () => {
  test("first lets the new key in beside the old one, as far as servers take it", async () => {
    await config(["set", "team-runtime:otherDeployKey", newKey.publicKey]);
    // What is sent to this server fails.
    await team.root("dev-nadia", "mv /usr/local/lib/team-runtime/install /root/install");
    expect((await team.pulumi("up", "--yes", "--skip-preview", "--continue-on-error")).code).not.toBe(0);
    await team.root("dev-nadia", "mv /root/install /usr/local/lib/team-runtime/install");
    expect(await openTo(oldKey)).toEqual(servers);
    expect(await openTo(newKey.file)).toEqual(["dev-marcus", "dev-wes"]);
  });

  test("goes on where it stopped", async () => {
    await team.up();
    expect(await openTo(newKey.file)).toEqual(servers);
    expect(await openTo(oldKey)).toEqual(servers);
  });

  test("then comes by the new one, and touches no server at the provider", async () => {
    await config(["set", "--secret", "team-runtime:deployKey"], newKey.privateKey);
    const steps = await team.preview();
    expect(steps.filter(({ type }) => type === "hcloud:index/server:Server")).toEqual([]);
    await config(["set", "team-runtime:otherDeployKey", oldPublicKey]);
    await timed("deploy key: pulumi up over the new key", () => team.up());
    expect(await openTo(oldKey)).toEqual(servers);
    expect(await team.cloudHolds("ssh_keys")).toBe(1);
    expect(await team.cloudHolds("servers")).toBe(3);
  });

  test("and last shuts the old one out everywhere", async () => {
    await config(["rm", "team-runtime:otherDeployKey"]);
    await team.up();
    expect(await openTo(oldKey)).toEqual([]);
    expect(await openTo(newKey.file)).toEqual(servers);
    expect(await team.preview()).toEqual([]);
  });

  test("never takes away the key that it comes by", async () => {
    const login = `deploy@${addresses.get("dev-wes") ?? ""}`;
    const stranger = throwAwayKey("stranger").publicKey.split(" ").slice(0, 2).join(" ");
    const { code, stderr } = await run(
      "ssh",
      [...plainSsh(newKey.file, login), "sudo /usr/local/lib/team-runtime/bootstrap"],
      { input: JSON.stringify({ deployKeys: [stranger] }) },
    );
    expect([code, stderr]).toEqual([2, expect.stringMatching(/SHA256:\S+, by which this connection came/)]);
    expect(await openTo(newKey.file)).toEqual(servers);
  });
});
