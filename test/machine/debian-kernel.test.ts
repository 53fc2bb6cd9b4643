import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { figure } from "../support/figure";
import type { LiveSession } from "../support/live-session";
import { startSandbox, type TestSandbox } from "../support/sandbox";
import { until } from "../support/until";
import { documentWith, marcusLeads } from "./debian-kernel/access";
import { describeDiskLimits } from "./debian-kernel/disk-limits";
import { onDebianKernel, type DebianKernelServer } from "./debian-kernel/server";
import { describeKernelSettings } from "./debian-kernel/settings";
import { applier, withLimits } from "./debian-kernel/workplaces";
import { auditOf } from "./host-audit";
import { bomb, hog, runInAgentsTmux } from "./greedy-programs";
import { openBystanders } from "./lock-out/bystanders";
import { installPrograms, programOnServer } from "./lock-out/programs";
import { leadCommands } from "./lock-out/ways";
import { bootPreparedServer, type PreparedServer } from "./prepared-server";

/**
 * What the kernel decides, on Debian's own. The other tests have this host's: its version and settings, perhaps control groups
 * of version 1.
 */

let sandbox: TestSandbox;
let original: PreparedServer;
let server: DebianKernelServer;

const tmuxServer = async (): Promise<string> =>
  (await server.must("systemctl show -p MainPID --value agent-tmux@wes-agent")).trim();

beforeAll(async () => {
  sandbox = await startSandbox("debian-kernel");
  original = await bootPreparedServer(sandbox, "dev-wes");
  await installPrograms(original);
  await original.apply(documentWith(marcusLeads));
  server = await onDebianKernel(sandbox, original);
});

afterAll(async () => {
  await server.remove();
  await sandbox.remove();
});

test("a server starts there, without a unit that fails", async () => {
  expect(await server.must("uname -r; findmnt -no FSTYPE /; stat -fc %T /sys/fs/cgroup")).toMatch(
    /^6\.1\..*-cloud-amd64\next4\ncgroup2fs\n$/,
  );
  await server.must("systemctl start team-runtime-upkeep.service");
  expect(await server.failedUnits()).toBe("");
  expect(await server.must("nft list table inet team_runtime")).toContain("policy drop");
  expect(await server.as("wes", "sudo -n -u wes-agent id -un")).toMatchObject({ stdout: "wes-agent\n" });
});

test("the same document changes nothing", async () => {
  expect(await server.apply(documentWith(marcusLeads))).toBe("");
});

test("the audit finds what it finds in the sandbox, and nothing else", async () => {
  const findings = async (one: Pick<PreparedServer, "must">): Promise<unknown> =>
    (JSON.parse(await auditOf(one, documentWith(marcusLeads))) as { readonly findings: unknown }).findings;
  expect(await findings(server)).toEqual(await findings(original));
});

test("whatever a lead has open ends with the grant, and nothing else does", async () => {
  await server.must("runuser -u wes-agent -- env TMUX_TMPDIR=/run/agents tmux new-session -d -s work");
  const bystanders = await openBystanders(server, tmuxServer);
  const open: LiveSession[] = [];
  // One after the other, as sshd takes few strangers at a time (MaxStartups); and last what takes all of the processors.
  const restless = leadCommands.filter(({ name }) => name === "a program that keeps forking");
  expect(restless).toHaveLength(1);
  const inOrder = [...leadCommands.filter((command) => !restless.includes(command)), ...restless];
  for (const [index, command] of inOrder.entries()) {
    const session = server.sessionOf("marcus", ["-tt"]);
    await session.waitFor("marcus@dev-wes", 60);
    session.type(command.line(index, 5));
    await session.waitFor(command.ready, 60);
    open.push(session);
  }
  const measure = `${programOnServer("measure")} 20300 20413 ${await tmuxServer()}`;
  const measured = JSON.parse(await server.must(measure, JSON.stringify(documentWith()))) as {
    readonly gone: number;
    readonly left: readonly string[];
    readonly status: number;
  };
  expect([measured.left, measured.status]).toEqual([[], 0]);
  figure(
    "lock-out on an emulated processor: the last command gone after the apply step began",
    `${measured.gone.toFixed(1)} s`,
  );
  await until(
    () => Promise.resolve(open.every((session) => !session.isOpen())),
    20,
    () => "A terminal of his is still open.",
  );
  expect(await bystanders.disturbances()).toEqual([]);
  expect((await server.as("marcus", "true")).code).toBe(255);
  await bystanders.close();
}, 600_000);

describeKernelSettings(() => server);

describe("limits", () => {
  const inTmux = (program: string): Promise<string> => runInAgentsTmux(server, program, 120);

  test("of processes and memory are held by control groups of version 2 alone", async () => {
    await server.must(applier, withLimits({ memory: "256M", tasks: 100 }));
    const before = await tmuxServer();
    const [status, count] = (await inTmux(bomb)).split("\n");
    expect(status).toBe("0");
    expect(Number(count)).toBeGreaterThan(50);
    expect(Number(count)).toBeLessThan(100);
    expect(await inTmux(hog)).toMatch(/^137\n/);
    expect(await tmuxServer()).toBe(before);
    expect(await server.as("wes", "id -un")).toMatchObject({ code: 0, stdout: "wes\n" });
    await server.must(applier, withLimits({}));
  });
});

describeDiskLimits(
  () => server,
  () => original,
);
