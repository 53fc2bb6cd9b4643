import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { ProgramResult } from "../../engine/run";
import { figure, timed } from "../support/figure";
import { startUpdate } from "../support/running-update";
import { developmentTeam, endDevelopmentTeam, sandbox, type Team } from "../support/team";
import { throwAwayKey } from "../support/throw-away-key";
import { until } from "../support/until";

// Several updates in each test, and some wait for what does not come.
vi.setConfig({ testTimeout: 900_000 });

/** How many people join the three of the dev team. The more, the longer. */
const many = Number(process.env["TEAM_RUNTIME_MANY_SERVERS"] ?? "3");
const newcomers = Array.from({ length: many }, (_, number) => `newcomer-${String(number + 1)}`);
const servers = many + 3;
/** The server to which most of it happens. */
const unlucky = `dev-${newcomers[0] ?? ""}`;

let team: Team;
let api: string;
const headers = { Authorization: `Bearer ${"x".repeat(64)}` };

beforeAll(async () => {
  team = await developmentTeam();
  api = (await sandbox(["exec", "printenv", "HCLOUD_ENDPOINT"])).stdout.trim();
});

// The stack remembers the newcomers, and rightly refuses the committed team file, which does not know them.
afterAll(() => endDevelopmentTeam());

/** An update that goes on with the other servers when one fails, as docs/runbook.md advises. */
const upOfTheRest = (): Promise<ProgramResult> =>
  team.pulumi("up", "--yes", "--skip-preview", "--continue-on-error", "--color=never");
const said = ({ stdout, stderr }: ProgramResult): string => `${stdout}${stderr}`;
const fault = (body: object): Promise<Response> =>
  fetch(new URL("/sandbox/faults", api), { method: "POST", body: JSON.stringify(body) });
const serversNamed = async (name: string): Promise<readonly { id: number; status: string }[]> => {
  const answer = await fetch(`${api}/servers?name=${name}`, { headers });
  return ((await answer.json()) as { servers: readonly { id: number; status: string }[] }).servers;
};
/** On which servers something is still to be done. */
const unfinished = async (): Promise<ReadonlySet<string>> =>
  new Set((await team.preview()).map(({ name }) => /^dev-(?:newcomer-)?[a-z0-9]+/.exec(name)?.[0] ?? name));
/** What docs/runbook.md says for a new server that exists and that the stack does not know. */
const deleteAtHetzner = async (server: string): Promise<void> => {
  for (const { id } of await serversNamed(server))
    await fetch(`${api}/servers/${String(id)}`, { method: "DELETE", headers });
};

describe("several new servers at once", () => {
  test("of which Hetzner has no room for one: it is named, there is no second of any, and the next update makes all complete", async () => {
    const key = (person: string): string => JSON.stringify(throwAwayKey(person).publicKey);
    const entries = newcomers.map((person) => `  ${person}:\n    keys: [${key(person)}]\n`).join("");
    team.edit((text) => text.replace("people:\n", `people:\n${entries}`));
    // Held back until the others have begun: what has not waits for the next update (docs/faults.md).
    await fault({
      ...{ method: "POST", path: "/v1/servers", status: 412, code: "resource_unavailable" },
      afterSeconds: 30,
    });
    await fault({ method: "POST", path: "/v1/servers", count: 2, status: 429, code: "rate_limit_exceeded" });
    const result = await timed(`up with ${String(many)} new servers, one of them refused`, upOfTheRest);
    expect(result.code).not.toBe(0);
    expect(said(result)).toMatch(
      /dev-newcomer-\d+: Hetzner has no such server type free.*Fix: try again later/,
    );
    expect(said(result)).not.toContain("rate_limit_exceeded");
    expect(await team.cloudHolds("servers")).toBe(servers - 1);
    const refused = /(dev-newcomer-\d+): Hetzner has no/.exec(said(result))?.[1] ?? "";
    expect(await serversNamed(refused)).toEqual([]);
    expect(await unfinished()).toContain(refused);
    await team.up();
    expect(await team.cloudHolds("servers")).toBe(servers);
    expect(await team.preview()).toEqual([]);
  });
});

/** Proves that Ctrl-C leaves nothing behind that the next update does not put right. */
describe("an update that is interrupted", () => {
  test.each([
    ["once", 1],
    ["twice", 2],
  ])("by Ctrl-C (%s) in the middle is gone on with by the next one", async (_, times) => {
    const everyNewcomer = newcomers.map((one) => `  - { lead: nadia, over: ${one} }\n`).join("");
    team.edit((text) =>
      text.includes("lead: nadia")
        ? text.replace(everyNewcomer, "")
        : text.replace("grants:\n", `grants:\n${everyNewcomer}`),
    );
    // One at a time, so that there is something that has not begun.
    const update = await startUpdate(team, "--parallel=1");
    await update.untilPrinted(/dev-newcomer-\d+-access updating/);
    for (let count = 0; count < times; count += 1) update.interrupt();
    const interrupted = await update.ended;
    expect(interrupted.code).not.toBe(0);
    expect(said(interrupted)).toMatch(/cancel/);
    await team.up();
    expect(await team.preview()).toEqual([]);
  });
});

/** Proves that what is wrong on one server is told for that server, and that the others get theirs. */
describe("a change on every server, of which one", () => {
  // No server is made here that would have to be waited for. A changed wait is a changed connection of every Command.
  beforeAll(async () => {
    await team.pulumi("config", "set", "team-runtime:sshWait", "20");
    await team.up();
  });

  /** Gives or takes away a grant of Wes over every newcomer. */
  const change = (): void => {
    const everyNewcomer = newcomers.map((one) => `  - { lead: wes, over: ${one} }\n`).join("");
    team.edit((text) =>
      text.includes("lead: wes")
        ? text.replace(everyNewcomer, "")
        : text.replace("grants:\n", `grants:\n${everyNewcomer}`),
    );
  };

  test.each([
    [
      "has an account of that name that was made by hand",
      "useradd --uid $(id -u nobody) --non-unique wes",
      "userdel wes",
      /wes has uid 65534 on this server.*userdel wes/s,
    ],
    [
      "does not answer",
      "systemctl stop ssh",
      "systemctl start ssh",
      /-access: the server did not answer SSH.*Fix: .*console/,
    ],
    [
      "refuses the deploy key",
      "mv /etc/ssh/authorized_keys/deploy /root/deploy-keys",
      "mv /root/deploy-keys /etc/ssh/authorized_keys/deploy",
      /-access: the server answered and refused the deploy key\. Fix: /,
    ],
  ])(
    "%s: the others are complete, it is named, and the next update converges",
    async (what, breakIt, mendIt, sentence) => {
      change();
      await team.root(unlucky, breakIt);
      const result = await timed(`a change on ${String(many)} servers of which one ${what}`, upOfTheRest);
      const left = await unfinished();
      await team.root(unlucky, mendIt);
      expect(result.code).not.toBe(0);
      expect(said(result)).toMatch(sentence);
      expect(said(result)).toContain(unlucky);
      expect([...left].filter((server) => server.startsWith("dev-newcomer"))).toEqual([unlucky]);
      await team.up();
      expect(await team.preview()).toEqual([]);
    },
  );

  test("state that was brought back from a backup is caught up with by the next update", async () => {
    const { stdout: backup } = await team.pulumi("stack", "export");
    change();
    await team.up();
    const before = await team.root(unlucky, "cat /etc/passwd /etc/sudoers.d/50-team-runtime");
    const restored = await sandbox(
      ["exec", "pulumi", "stack", "import", "--non-interactive"],
      team.folder,
      backup,
    );
    expect(restored.code).toBe(0);
    await team.up();
    expect(await team.preview()).toEqual([]);
    expect(await team.root(unlucky, "cat /etc/passwd /etc/sudoers.d/50-team-runtime")).toBe(before);
  });
});

describe("a server that was deleted outside of Pulumi", () => {
  afterAll(() => team.pulumi("config", "rm", "team-runtime:sshWait"));

  test("fails the next change of it, keeps nobody waiting, and is forgotten by the documented commands", async () => {
    await deleteAtHetzner(unlucky);
    team.edit((text) =>
      text.replace(
        "grants:\n",
        `grants:\n${newcomers.map((one) => `  - { lead: marcus, over: ${one} }\n`).join("")}`,
      ),
    );
    const result = await timed("giving up on a server that is gone, sshWait = 20 s", upOfTheRest);
    expect(result.code).not.toBe(0);
    expect(said(result)).toMatch(new RegExp(`${unlucky}-access: the server did not answer SSH`));
    expect(await unfinished()).toEqual(new Set([unlucky]));
    const targets = ["", "-*", "/*"].flatMap((rest) => ["--target", `**::${unlucky}${rest}`]);
    const forgotten = await team.pulumi(
      "destroy",
      "--yes",
      "--skip-preview",
      "--target-dependents",
      ...targets,
    );
    // All but the server itself is forgotten without a word to it.
    expect(said(forgotten)).toMatch(/not_found/);
    expect(said(forgotten)).not.toContain("Dial");
    const noticed = await team.pulumi("refresh", "--yes", "--skip-preview", "--target", `**::${unlucky}`);
    expect(noticed.code, said(noticed)).toBe(0);
    const steps = await team.preview();
    expect(steps.filter(({ op }) => op !== "create")).toEqual([]);
    expect(steps.map(({ name }) => name)).toContain(unlucky);
  });
});

describe("an API token that is not right", () => {
  test.each([
    ["wrong", 401, "unauthorized", /Hetzner refused the API token\. Fix: make a read and write token/],
    [
      "read-only",
      403,
      "token_readonly",
      /the API token may only read\. Fix: make one that may read and write/,
    ],
  ])("(%s) is told with what to do, and nothing is made", async (_, status, code, sentence) => {
    await fault({ method: "POST", path: "/v1/servers", status, code });
    const result = await upOfTheRest();
    expect(result.code).not.toBe(0);
    expect(said(result)).toMatch(sentence);
    expect(await team.cloudHolds("servers")).toBe(servers - 1);
  });
});

/** Proves that there are never two, and that the documented command leads back. */
describe("a server that exists although Pulumi does not know", () => {
  test("because the answer to its creation was lost: there is one, and it may be removed where it is", async () => {
    await fault({ method: "POST", path: "/v1/servers", status: 504, answerLost: true });
    const result = await upOfTheRest();
    expect(said(result)).toMatch(
      new RegExp(`${unlucky}: something of that name exists already.*Fix: .*else remove it there`),
    );
    expect(await serversNamed(unlucky)).toHaveLength(1);
    await deleteAtHetzner(unlucky);
  });

  test("because Pulumi was killed while it made it: the lock names who held it, then the server is removed and made anew", async () => {
    // The server is there, and Pulumi waits to hear of it.
    await fault({ method: "POST", path: "/v1/servers", status: 504, answerLost: true, afterSeconds: 60 });
    const update = await startUpdate(team);
    await until(
      async () => (await serversNamed(unlucky))[0]?.status === "running",
      300,
      () => `${unlucky} is not made.`,
    );
    const second = await team.pulumi("up", "--yes", "--skip-preview", "--color=never");
    update.kill();
    await update.ended;
    expect(second.code).not.toBe(0);
    expect(said(second)).toMatch(
      /the stack is currently locked by 1 lock.*created by \S+@\S+ \(pid \d+\) at/s,
    );
    expect(said(await team.pulumi("up", "--yes", "--skip-preview"))).toContain("pulumi cancel");
    expect((await team.pulumi("cancel", "--yes")).code).toBe(0);
    expect((await team.pulumi("refresh", "--yes", "--skip-preview", "--clear-pending-creates")).code).toBe(0);
    const blind = await team.pulumi("up", "--yes", "--skip-preview", "--color=never");
    expect(said(blind)).toMatch(
      new RegExp(`${unlucky}: something of that name exists already.*Fix: .*else remove it there`),
    );
    expect(await serversNamed(unlucky)).toHaveLength(1);
    await deleteAtHetzner(unlucky);
    await team.up();
    expect(await team.preview()).toEqual([]);
    expect(await team.cloudHolds("servers")).toBe(servers);
  });
});

test("how many servers there were", () => {
  figure("servers in the tests of troubled updates", String(servers));
});
