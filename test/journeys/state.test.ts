import { mkdtempSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { projectRoot } from "../../config/project-root";
import type { ProgramResult } from "../../engine/run";
import { figure, timed } from "../support/figure";
import { startS3Server, type S3Server } from "../support/s3-server";
import { developmentTeam, endDevelopmentTeam, sandbox, type Team } from "../support/team";
import { teamCommand } from "../support/team-command";
import type { Terminal } from "../support/terminal";

let team: Team;

/** A shell line on the stack's folder with the sandbox's environment, changed by `variables`; must succeed. */
async function shell(line: string, variables: Readonly<Record<string, string>> = {}): Promise<string> {
  const { code, stdout, stderr } = await tried(line, variables);
  if (code !== 0) throw new Error(`${line} ended with ${String(code)}:\n${stdout}${stderr}`);
  return stdout;
}

function tried(line: string, variables: Readonly<Record<string, string>> = {}): Promise<ProgramResult> {
  const assignments = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  return sandbox(["exec", "env", ...assignments, "sh", "-c", line], team.folder);
}

const stateFolder = async (): Promise<string> =>
  (await shell("printenv PULUMI_BACKEND_URL")).trim().replace("file://", "");

beforeAll(async () => {
  team = await developmentTeam();
});
// The stack has another passphrase, and at the end another state, than the sandbox's own.
afterAll(() => endDevelopmentTeam());

/** Proves docs/state.md: what whoever reads the state file can see. */
describe("the state file", () => {
  test("holds no secret in the clear", async () => {
    const file = readFileSync(join(await stateFolder(), ".pulumi/stacks/team-runtime/dev.json"), "utf8");
    expect(file).toContain("wes ALL=(wes-agent)");
    const passwords = JSON.parse(
      await shell("pulumi stack output consolePasswords --json --show-secrets"),
    ) as Record<string, string>;
    expect(Object.keys(passwords)).toEqual(["dev-marcus", "dev-nadia", "dev-wes"]);
    const deployKey =
      readFileSync(join(projectRoot, "sandbox", "laptops", "deploy"), "utf8").split("\n")[2] ?? "?";
    for (const secret of [...Object.values(passwords), deployKey, "PRIVATE KEY", "$2a$", "$2b$"])
      expect(file).not.toContain(secret);
  });
});

/** Proves the rotation of docs/state.md. */
describe("another passphrase", () => {
  const changed = { PULUMI_CONFIG_PASSPHRASE: "quite another one" };

  test("is set by one command", async () => {
    await shell("echo 'quite another one' | pulumi stack change-secrets-provider passphrase");
  });

  test("opens the stack, on which nothing has changed", async () => {
    await shell("pulumi preview --expect-no-changes --non-interactive", changed);
    expect(await shell("pulumi stack output consolePasswords --json --show-secrets", changed)).toMatch(
      /"dev-wes": "\w{32}"/,
    );
  });

  test("shuts the old one out", async () => {
    const { code, stderr } = await tried("pulumi preview --non-interactive");
    expect(code).not.toBe(0);
    expect(stderr).toContain("incorrect passphrase");
  });

  test("and back", async () => {
    await shell("echo sandbox | pulumi stack change-secrets-provider passphrase", changed);
    await shell("pulumi preview --expect-no-changes --non-interactive");
  });
});

/** Proves the move to another backend of docs/state.md, and that an S3-compatible one does. */
describe("a store that speaks S3", () => {
  let s3: S3Server;

  beforeAll(async () => {
    s3 = await startS3Server();
  }, 600_000);
  afterAll(() => {
    s3.close();
  });

  test("takes the stack over, and an update runs on it", async () => {
    const there = { ...s3.environment, PULUMI_BACKEND_URL: s3.backend };
    const settings = readFileSync(join(team.folder, "Pulumi.dev.yaml"), "utf8");
    await shell("pulumi stack export --file moved.json");
    await shell("pulumi stack init dev --non-interactive && pulumi stack import --file moved.json", there);
    await shell("pulumi preview --expect-no-changes --non-interactive", there);
    await shell(
      "pulumi config set team-runtime:sshWait 470 && pulumi up --yes --skip-preview --non-interactive",
      there,
    );
    expect(await shell("pulumi stack history --json", there)).toContain('"result": "succeeded"');
    expect(await team.cloudHolds("servers")).toBe(3);
    // Back to the file, which has not seen the update: it converges.
    writeFileSync(join(team.folder, "Pulumi.dev.yaml"), settings);
    await team.up();
  });

  test("refuses a second update while one holds the lock", async () => {
    const there = { ...s3.environment, PULUMI_BACKEND_URL: s3.backend };
    const lock = ".pulumi/locks/organization/team-runtime/dev/somebody-else.json";
    const body = JSON.stringify({
      pid: 1,
      username: "somebody",
      hostname: "else",
      timestamp: new Date().toISOString(),
    });
    const host = /endpoint=([^&]+)/.exec(s3.backend)?.[1] ?? "";
    expect((await fetch(`http://${host}/team-state/${lock}`, { method: "PUT", body })).ok).toBe(true);
    const { code, stderr } = await tried("pulumi up --yes --skip-preview --non-interactive", there);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/currently locked by 1 lock/);
  });
});

/** Proves the bad day of docs/runbook.md: the state is gone, and the servers are not. */
describe("a lost state", () => {
  let wes: Terminal;
  let before: readonly string[];
  let servers: string;
  let file: string;
  let next: readonly string[];

  /** What must be as it was: ids at the provider, host keys, uids, and the agent's tmux server. */
  async function identities(): Promise<readonly string[]> {
    const facts =
      "cat /etc/ssh/ssh_host_ed25519_key.pub; id -u wes nadia marcus 2>/dev/null; pgrep -x 'tmux: server'";
    const ofServer = async (server: string): Promise<string> =>
      `${server}: ${await team.root(server, `${facts}; true`)}`;
    return Promise.all(["dev-marcus", "dev-nadia", "dev-wes"].map(ofServer));
  }

  const serverIds = async (): Promise<string> =>
    shell(
      `curl -s -H "Authorization: Bearer $(printf 'x%.0s' $(seq 64))" $HCLOUD_ENDPOINT/servers | grep -o '"id":[0-9]*,"name":"dev-[a-z]*"'`,
    );

  beforeAll(async () => {
    wes = await team.terminal("wes@dev-wes");
    await wes.waitFor(/wes@dev-wes/);
    before = await identities();
    servers = await serverIds();
    const folder = mkdtempSync(join(tmpdir(), "lost-"));
    const known = JSON.parse(await shell("pulumi stack output servers --json")) as Record<
      string,
      { hostKey: string }
    >;
    file = join(folder, "known_hosts");
    writeFileSync(
      file,
      Object.entries(known)
        .map(([name, { hostKey }]) => `${name} ${hostKey}\n`)
        .join(""),
    );
    renameSync(join(await stateFolder(), ".pulumi"), join(folder, "state-that-was"));
  });
  afterAll(() => wes.close());

  test("is noticed before a second server is made", async () => {
    await shell("pulumi stack init dev --non-interactive");
    const { code, stdout, stderr } = await team.pulumi("up", "--yes", "--skip-preview");
    expect(code).not.toBe(0);
    expect(`${stdout}${stderr}`).toMatch(/exists already in the Hetzner project.*team -- import/s);
    expect(await serverIds()).toBe(servers);
  });

  test("is made again from the provider by what `team import` prints", async () => {
    const started = performance.now();
    const { code, stdout, stderr } = await teamCommand("import", "--known-hosts", file);
    expect(code).toBe(0);
    writeFileSync(join(team.folder, "import.json"), stdout);
    next = stderr.split("\n").flatMap((line) => (line.startsWith("  pulumi ") ? [line.trim()] : []));
    for (const line of next.filter((one) => one.includes("import --file")))
      await shell(`${line} --yes --non-interactive`);
    for (const line of next.filter((one) => one.includes("config set"))) await shell(line);
    figure("lost state: found and imported", `${((performance.now() - started) / 1000).toFixed(1)} s`);
  });

  test("then previews with no server made, replaced or deleted", async () => {
    const steps = await team.preview();
    expect(steps.filter(({ op }) => op !== "create")).toEqual([]);
    expect(steps.filter(({ type }) => type.startsWith("hcloud:"))).toEqual([]);
    await timed("lost state: pulumi up that adopts three servers", () => team.up());
  });

  test("leaves the same servers, host keys, uids and sessions", async () => {
    expect(await serverIds()).toBe(servers);
    expect(await identities()).toEqual(before);
    await wes.type("echo still $((6 * 7))");
    await wes.waitFor("still 42");
    expect((await team.ssh("marcus@dev-wes", "sudo -n -u wes-agent id -un")).stdout).toBe("wes-agent\n");
  });

  test("needs the accepted host keys no longer", async () => {
    await shell("pulumi config rm team-runtime:hostKeys");
    expect(await team.preview()).toEqual([]);
  });
});
