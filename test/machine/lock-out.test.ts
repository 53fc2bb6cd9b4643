import fc from "fast-check";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { figure } from "../support/figure";
import type { LiveSession } from "../support/live-session";
import { startSandbox, type TestSandbox } from "../support/sandbox";
import { until } from "../support/until";
import { accessOn, type AccessDocument, type Lead } from "./access-on-server";
import { openBystanders, type Bystanders } from "./lock-out/bystanders";
import { installPrograms, programOnServer } from "./lock-out/programs";
import {
  anyScenario,
  describeScenario,
  leadCommands,
  type Change,
  type Connection,
  type LeadTerminal,
  type Scenario,
} from "./lock-out/ways";
import { bootPreparedServer, type PreparedServer } from "./prepared-server";

/**
 * How many random runs are tried, a fifth of them where the lead and not systemd has started the agent's tmux server. More:
 * TEAM_RUNTIME_LOCK_OUTS=100. A printed seed replays: TEAM_RUNTIME_LOCK_OUT_SEED=…
 */
const runs = Number(process.env["TEAM_RUNTIME_LOCK_OUTS"] ?? "15");
const seed = Number(process.env["TEAM_RUNTIME_LOCK_OUT_SEED"] ?? String(Date.now() % 2 ** 31));
const promisedSeconds = 5;

const owners = [{ login: "wes" }, { login: "olga" }];
const over = (person: string, watches = false): Lead => ({ lead: "marcus", over: person, watches });
const documentWith = (...leads: readonly Lead[]): AccessDocument =>
  accessOn("dev-wes", owners, [{ lead: "nadia", over: "wes" }, ...leads]);

/** The access document before and after each change. */
const documents: Readonly<Record<Change, readonly [AccessDocument, AccessDocument]>> = {
  "his last grant goes": [documentWith(over("wes")), documentWith()],
  "a grant goes and another stays": [documentWith(over("wes"), over("olga")), documentWith(over("olga"))],
  "the grant is narrowed": [documentWith(over("wes")), documentWith(over("wes", true))],
};

/** Runs in which every command comes once, four at a time, over each connection in turn. */
const everyCommand: readonly Scenario[] = [0, 1, 2, 3].map((quarter) => ({
  change: (["a grant goes and another stays", "his last grant goes", "the grant is narrowed"] as const)[
    quarter % 3
  ] as Change,
  terminals: leadCommands.slice(4 * quarter, 4 * quarter + 4).map((command, index): LeadTerminal => {
    const connections: readonly Connection[] = ["shell", "multiplexed", "eternal", "command"];
    return { command, connection: connections[(index + quarter) % 4] ?? "shell", delay: 5 };
  }),
  lastIsLate: false,
  reopened: [],
  pause: 100,
}));

const runsOnHisServer = Math.max(everyCommand.length, Math.round(runs / 5));

let sandbox: TestSandbox;
let server: PreparedServer;
let bystanders: Bystanders;
let numbers = 0;

const latencies: number[] = [];
let disturbed = 0;

beforeAll(async () => {
  sandbox = await startSandbox("lock-out");
  server = await bootPreparedServer(sandbox, "dev-wes");
  await installPrograms(server);
});
afterAll(async () => {
  await sandbox.remove();
});

const unitsServer = async (): Promise<string> =>
  (await server.must("systemctl show -p MainPID --value agent-tmux@wes-agent")).trim();
/** The process that answers at the agent's own socket. */
const answeringServer = async (): Promise<string> =>
  (
    await server.must(
      "runuser -u wes-agent -- env TMUX_TMPDIR=/run/agents tmux -N display-message -p '#{pid}'",
    )
  ).trim();
const asMarcus = (options: readonly string[], command?: string): LiveSession =>
  server.sessionOf("marcus", options, command);

/** A terminal of Marcus's: the programs on his side, and his own shell among them when the connection has one. */
interface MarcusTerminal {
  readonly sessions: readonly LiveSession[];
  readonly shell?: LiveSession;
}

/** Opens one terminal and returns when its command runs. */
async function openMarcus({ connection, command, delay }: LeadTerminal): Promise<MarcusTerminal> {
  const number = (numbers += 1);
  const line = command.line(number, delay);
  switch (connection) {
    case "shell":
    case "multiplexed": {
      const control = join(mkdtempSync(join(tmpdir(), "mux-")), "socket");
      const master = connection === "shell" ? [] : [asMarcus(["-M", "-N", "-S", control])];
      await until(
        () => Promise.resolve(connection === "shell" || existsSync(control)),
        20,
        () => `No master connection: ${master[0]?.output() ?? ""}`,
      );
      const shell = asMarcus(connection === "shell" ? ["-tt"] : ["-tt", "-S", control]);
      await shell.waitFor("marcus@dev-wes");
      shell.type(line);
      await shell.waitFor(command.ready);
      return { sessions: [...master, shell], shell };
    }
    case "eternal": {
      const log = `/tmp/eternal-${String(number)}`;
      const words = `${programOnServer("eternal-terminal")} ${log} '${line.replaceAll("'", "'\\''")}'`;
      const starter = asMarcus(["-T"], words);
      await until(
        async () => (await server.root(`grep -aqF '${command.ready}' ${log}`)).code === 0,
        20,
        () => `The eternal terminal does not show ${command.ready}.`,
      );
      return { sessions: [starter] };
    }
    case "command":
    case "command without a terminal": {
      const session = asMarcus([connection === "command" ? "-tt" : "-T"], line);
      await session.waitFor(command.ready);
      return { sessions: [session] };
    }
  }
}

interface Measured {
  readonly applied: number;
  readonly gone: number;
  readonly left: readonly string[];
  readonly output: string;
  readonly status: number;
}

/** Opens what the scenario says, takes the access away, and looks at everybody. */
async function lockOut(scenario: Scenario): Promise<void> {
  const { change, terminals, lastIsLate, reopened, pause } = scenario;
  const [before, after] = documents[change];
  await server.apply(before);
  const staying = server.sessionOf("marcus", ["-T"], staysAs[change]);
  await staying.waitFor("ready");
  const onTime = lastIsLate ? terminals.slice(0, -1) : terminals;
  const open = await Promise.all(onTime.map(openMarcus));
  for (const person of reopened) await bystanders.reopen(person);
  const late = terminals.slice(onTime.length).map((terminal) => openMarcus(terminal).catch(() => undefined));
  await sleep(pause);

  const measure = `${programOnServer("measure")} 20300 20413 ${await answeringServer()}`;
  const measured = JSON.parse(await server.must(measure, JSON.stringify(after))) as Measured;
  expect([measured.left, measured.status], measured.output).toEqual([[], 0]);
  expect(measured.gone).toBeLessThan(measured.applied + promisedSeconds);
  latencies.push(measured.gone);

  const loginStays = change !== "his last grant goes";
  for (const { sessions, shell } of open) {
    if (shell !== undefined && loginStays) await answersHimself(shell);
    for (const session of loginStays ? sessions.filter(() => shell === undefined) : sessions) {
      await until(
        () => Promise.resolve(!session.isOpen()),
        promisedSeconds,
        () => `A terminal of his is still open. It shows:\n${session.output().slice(-2000)}`,
      );
    }
  }
  expect(await refused()).toBe(true);
  const found = [...(await bystanders.disturbances())];
  if (loginStays && !staying.isOpen()) found.push("what the lead may still do");
  disturbed += found.length;
  expect(found).toEqual([]);
  await Promise.all(late);
  await Promise.all([staying, ...open.flatMap(({ sessions }) => sessions)].map((session) => session.close()));
}

/** A command of Marcus's that each change leaves to him, at least until the account goes. */
const staysAs: Readonly<Record<Change, string>> = {
  "his last grant goes": "echo ready; sleep 100000",
  "a grant goes and another stays": `sudo -n -u olga-agent ${programOnServer("waits")}`,
  "the grant is narrowed": "echo ready; sleep 100000",
};

async function answersHimself(shell: LiveSession): Promise<void> {
  shell.type("");
  shell.type("echo st''ill-$((6 * 7))");
  await shell.waitFor("still-42", promisedSeconds);
}

async function refused(): Promise<boolean> {
  const { code } = await server.as("marcus", "sudo -n -u wes-agent id");
  return code !== 0;
}

async function campaign(count: number): Promise<void> {
  bystanders = await openBystanders(server, answeringServer);
  const from = latencies.length;
  try {
    await fc.assert(
      fc.asyncProperty(anyScenario, async (scenario) => {
        await lockOut(scenario).catch((error: unknown) => {
          throw new Error(`${describeScenario(scenario)}: ${String(error)}`);
        });
      }),
      { seed, numRuns: count, examples: everyCommand.map((scenario) => [scenario]), endOnFailure: true },
    );
  } finally {
    figure(
      "lock-out: longest time between two ticks of the counter",
      `${String(await bystanders.longestGap())} ms`,
    );
    await bystanders.close();
  }
  expect(latencies.length - from).toBe(count);
}

const percentile = (share: number): string => {
  const sorted = [...latencies].sort((one, other) => one - other);
  return `${(sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN).toFixed(2)} s`;
};

afterAll(() => {
  figure("lock-out: runs", `${String(latencies.length)} (seed ${String(seed)})`);
  figure("lock-out: last command gone after the apply step began, p50", percentile(0.5));
  figure("lock-out: the same, p95", percentile(0.95));
  figure("lock-out: bystanders disturbed", String(disturbed));
});

/** Proves that whatever a lead has open ends with the grant, in any order, and nothing else does. */
describe("a lead who is locked out", () => {
  it("loses all and nobody else anything, with the agent's tmux server started by its unit", async () => {
    await server.apply(documents["his last grant goes"][0]);
    await server.must("runuser -u wes-agent -- env TMUX_TMPDIR=/run/agents tmux new-session -d -s work");
    expect(await answeringServer()).toBe(await unitsServer());
    await campaign(runs - runsOnHisServer);
  }, 3_600_000);

  it("loses all and nobody else anything, with the agent's tmux server started by himself", async () => {
    await server.apply(documents["his last grant goes"][0]);
    // The unit restarts its server after a second; he is quicker.
    await until(
      async () => {
        await server.as(
          "marcus",
          "sudo -n -u wes-agent sh -c 'tmux kill-server; while tmux -N ls; do :; done; tmux new-session -d -s work' 2>&1",
        );
        return (await server.must(`cat /proc/${await answeringServer()}/cgroup`)).includes(
          "user-20300.slice",
        );
      },
      30,
      () => "The unit is always quicker.",
    );
    await campaign(runsOnHisServer);
  }, 3_600_000);
});
