import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ProgramResult } from "../../engine/run";
import { figure } from "../support/figure";
import { startSandbox, type TestSandbox } from "../support/sandbox";
import { until } from "../support/until";
import { accessInForce, takeSnapshot, type HostSnapshot } from "./host-snapshot";
import {
  bootPreparedServer,
  wesLedByMarcus,
  type AccessDocument,
  type PreparedServer,
} from "./prepared-server";

const applier = "/usr/local/lib/team-runtime/apply-access";
const stopRequest = "/run/team-runtime/stop-after-step";
const name = "dev-wes";

const withMarcus = wesLedByMarcus(name);
const wesAlone = without("marcus");
const nobody: AccessDocument = { ...withMarcus, accounts: {}, keys: {}, sudoers: {} };
const wesHasLeft: AccessDocument = {
  ...nobody,
  accounts: {
    wes: { kind: "human", role: "owner", state: "left", uid: 20412 },
    "wes-agent": { kind: "agent", owner: "wes", state: "left", uid: 20413 },
  },
};

let sandbox: TestSandbox;
let server: PreparedServer;

beforeAll(async () => {
  sandbox = await startSandbox("interrupted");
  server = await bootPreparedServer(sandbox, name);
});

afterAll(() => sandbox.remove());

/** A change of the access document, and what people are about when it comes. */
interface Scenario {
  readonly change: string;
  readonly before: AccessDocument;
  readonly after: AccessDocument;
  /** Brings about what the change has to deal with. Returns what is left running on a laptop. */
  readonly prepare?: () => Promise<readonly Promise<ProgramResult>[]>;
}

const scenarios: readonly Scenario[] = [
  { change: "giving a grant", before: wesAlone, after: withMarcus },
  { change: "taking a grant away", before: withMarcus, after: wesAlone, prepare: marcusAtWork },
  { change: "making the first accounts", before: nobody, after: withMarcus },
  { change: "its owner leaves", before: withMarcus, after: wesHasLeft, prepare: everybodyAtWork },
];

/**
 * Proves that the applier may die after any of its steps. The judge is the snapshot of a run without a fault: the next run must
 * lead to the same state. In between nobody has more than before or after, and no agent loses its tmux server.
 */
describe.each(scenarios)("killed after each step while $change", { timeout: 600_000 }, (scenario) => {
  test("it never grants more than old and new, and the next run leads where an undisturbed one does", async () => {
    const allowed = await allowedBy(scenario);
    const expected = await undisturbed(scenario);
    let step = 1;
    for (; ; step += 1) {
      const running = await start(scenario);
      const tmuxServer = await tmuxServerOfWes();
      await server.must(`echo ${String(step)} > ${stopRequest}`);
      const { code } = await applyAnyhow(scenario.after);
      await server.must(`rm -f ${stopRequest}`);
      expect(code === 0 || code === 137, `ended with ${String(code)}`).toBe(true);
      const inForce = await accessInForce(server);
      expect([...inForce].filter((right) => !allowed.has(right))).toEqual([]);
      await server.apply(scenario.after);
      await Promise.all(running);
      expect(await takeSnapshot(server), `killed after step ${String(step)}`).toEqual(expected);
      await expectSpared(scenario, tmuxServer);
      if (code === 0) break;
    }
    figure(`applier killed and converged while ${scenario.change}`, `each of ${String(step - 1)} steps`);
    expect(step).toBeGreaterThan(3);
  });
});

/** Proves that a client that is gone changes nothing: the applier goes on to its end, whichever step it was at. */
describe.each(scenarios.slice(0, 2))(
  "connection cut at each step while $change",
  { timeout: 600_000 },
  (scenario) => {
    test("the applier ends where an undisturbed one does", async () => {
      const expected = await undisturbed(scenario);
      let step = 1;
      for (; ; step += 1) {
        const running = await start(scenario);
        await server.must(`echo ${String(step)} pause > ${stopRequest}`);
        const wasCut = await cutWhileItPauses(scenario.after);
        await server.must(`rm -f ${stopRequest}; flock --wait 30 /run/team-runtime/lock true`);
        await Promise.all(running);
        expect(await takeSnapshot(server), `cut at step ${String(step)}`).toEqual(expected);
        if (!wasCut) break;
      }
      figure(`connection cut and converged while ${scenario.change}`, `each of ${String(step - 1)} steps`);
      expect(step).toBeGreaterThan(3);
    });
  },
);

/** Proves that a machine that goes down in the middle comes up closed, and that the next run leads to the same state. */
describe("switched off in the middle of taking a grant away", () => {
  const scenario = scenarios[1] as Scenario;

  test("nobody has more afterwards, firewall and agent are back, and the next run converges", async () => {
    const allowed = await allowedBy(scenario);
    const expected = await undisturbed(scenario);
    const running = await start(scenario);
    await server.must(`echo 2 pause > ${stopRequest}`);
    const apply = server.ssh(server.hostKey, `sudo ${applier}`, JSON.stringify(scenario.after));
    await untilPaused();
    await act("reset");
    expect((await apply).code).not.toBe(0);
    await until(
      async () => (await server.ssh(server.hostKey, "true")).code === 0,
      60,
      () => "The server does not come back.",
    );
    await Promise.all(running);
    const inForce = await accessInForce(server);
    expect([...inForce].filter((right) => !allowed.has(right))).toEqual([]);
    expect(await server.must("nft list table inet team_runtime")).toContain("169.254.169.254");
    await server.must("systemctl is-system-running --wait || true");
    await server.apply(scenario.after);
    expect(await takeSnapshot(server)).toEqual(expected);
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
    await server.apply(withMarcus);
    const expected = await takeSnapshot(server);
    await server.apply(wesAlone);
    await server.must(
      `mkdir -p /run/copy && cp -a ${folder}/. /run/copy/ && mount -t tmpfs -o ${limit},mode=755 tmpfs ${folder} && ` +
        `cp -a /run/copy/. ${folder}/ && (${fill})`,
    );
    const before = await server.must(`sha256sum ${folder}/${file}`);
    const { code, stderr } = await applyAnyhow(withMarcus);
    expect(await server.must(`sha256sum ${folder}/${file}`)).toBe(before);
    await server.must(`umount ${folder} && rm -r /run/copy`);
    expect(code).toBe(1);
    expect(stderr).toContain("no space left on device");
    expect(stderr).toContain(folder);
    await server.apply(withMarcus);
    expect(await takeSnapshot(server)).toEqual(expected);
  });
});

/** The document without a person. */
function without(person: string): AccessDocument {
  const others = <T>(record: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(record).filter(([label]) => label.split(" ")[0] !== person));
  const { accounts, keys, sudoers } = withMarcus;
  return { ...withMarcus, accounts: others(accounts), keys: others(keys), sudoers: others(sudoers) };
}

function applyAnyhow(document: AccessDocument): Promise<ProgramResult> {
  // Not as the shell's last command: killed, it must show in the shell's own exit code.
  return server.root(`${applier}; exit $?`, JSON.stringify(document));
}

/** Marcus has a command open as the agent, work in his home, a job for later, and files in shared places. */
async function marcusAtWork(): Promise<readonly Promise<ProgramResult>[]> {
  await server.must(
    "cd /home/marcus && echo work > notes && chown marcus:marcus notes && install -d -m 1777 /srv/shared && " +
      "for place in /srv/shared /var/tmp; do echo work > $place/of-marcus && chown marcus:marcus $place/of-marcus; done && " +
      "install -m 4755 -o marcus -g marcus /bin/true /srv/shared/as-marcus",
  );
  const command = server.as("marcus", "sudo -n -u wes-agent sleep 1000");
  await until(
    async () => (await server.root("pgrep -u wes-agent -x sleep")).code === 0,
    20,
    () => "Marcus's command does not start.",
  );
  return [command];
}

/** And Wes is logged in too. */
async function everybodyAtWork(): Promise<readonly Promise<ProgramResult>[]> {
  const login = server.as("wes", "sleep 2000");
  return [...(await marcusAtWork()), login];
}

/** Back to the state before the change, with nothing left of an earlier round. */
async function start(scenario: Scenario): Promise<readonly Promise<ProgramResult>[]> {
  await server.apply(scenario.before);
  await server.must("rm -rf /var/lib/team-runtime/archive/* /srv/shared /var/tmp/of-marcus");
  return (await scenario.prepare?.()) ?? [];
}

/** The state to which the change leads when nothing goes wrong. */
async function undisturbed(scenario: Scenario): Promise<HostSnapshot> {
  await server.apply(scenario.after);
  const running = await start(scenario);
  await server.apply(scenario.after);
  await Promise.all(running);
  return takeSnapshot(server);
}

async function allowedBy({ before, after }: Scenario): Promise<ReadonlySet<string>> {
  await server.apply(before);
  const old = await accessInForce(server);
  await server.apply(after);
  return new Set([...old, ...(await accessInForce(server))]);
}

function tmuxServerOfWes(): Promise<string> {
  return server.must("systemctl show -p MainPID --value agent-tmux@wes-agent");
}

/** The agent's tmux server is the one of before, if it was there before and is to be there afterwards. */
async function expectSpared({ before, after }: Scenario, tmuxServer: string): Promise<void> {
  if (before === nobody || after === wesHasLeft) return;
  expect(Number(tmuxServer)).toBeGreaterThan(1);
  expect(await tmuxServerOfWes()).toBe(tmuxServer);
}

/** Applies over SSH and kills the client as soon as the applier pauses; false when it came to its end before. */
async function cutWhileItPauses(document: AccessDocument): Promise<boolean> {
  const cut = new AbortController();
  let ended = false;
  const client = server
    .ssh(server.hostKey, `sudo ${applier}`, JSON.stringify(document), cut.signal)
    .then(({ code }) => {
      ended = true;
      return code;
    });
  await untilPaused(() => ended);
  cut.abort();
  const code = await client;
  // The applier, and sudo above it, which stops with its command.
  await server.must(
    "pids=$(pgrep -f '^/usr/bin/python3 -IB /usr/local/lib/team-runtime/apply-access'; pgrep -x sudo) || true; " +
      '[ -z "$pids" ] || kill -CONT $pids',
  );
  return code !== 0;
}

async function untilPaused(isOver: () => boolean = () => false): Promise<void> {
  const paused =
    "ps -o stat= -p $(pgrep -of '^/usr/bin/python3 -IB /usr/local/lib/team-runtime/apply-access') | grep -q T";
  await until(
    async () => isOver() || (await server.root(paused)).code === 0,
    60,
    () => "The applier neither pauses nor ends.",
  );
}

async function act(action: string): Promise<void> {
  const { servers } = (await sandbox.api(`/servers?name=${name}`)) as { servers: readonly { id: number }[] };
  await sandbox.api(`/servers/${String(servers[0]?.id)}/actions/${action}`, {});
}
