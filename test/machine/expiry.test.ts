import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readAnswer } from "../../cli/audit-server";
import { figure } from "../support/figure";
import { startSandbox, type TestSandbox } from "../support/sandbox";
import type { Terminal } from "../support/terminal";
import { until } from "../support/until";
import { accessOn } from "./access-on-server";
import { auditOf } from "./host-audit";
import { bootPreparedServer, wesLedByMarcus, type PreparedServer } from "./prepared-server";

const secondsOfGrant = 20;
const promisedSeconds = 60;

/** `YYYYMMDDHHMMSSZ`, as sudo and sshd read it. */
const instant = (date: Date): string => `${date.toISOString().replace(/[-:T]|\.\d+Z/g, "")}Z`;

let sandbox: TestSandbox;
let server: PreparedServer;

beforeAll(async () => {
  sandbox = await startSandbox("expiry");
  server = await bootPreparedServer(sandbox, "dev-wes");
  await server.apply(wesLedByMarcus("dev-wes"));
});
afterAll(async () => {
  await sandbox.remove();
});

/** Proves that the timer runs from the installation on, and is silent while nothing has ended. */
describe("the upkeep", () => {
  it("is started by the bootstrap, for every boot, and started again when somebody stopped it", async () => {
    const state =
      "systemctl is-enabled team-runtime-upkeep.timer && systemctl is-active team-runtime-upkeep.timer";
    expect(await server.must(state)).toBe("enabled\nactive\n");
    await server.must("systemctl disable --now team-runtime-upkeep.timer");
    expect((await server.install()).stdout).toBe("started: team-runtime-upkeep.timer\n");
    expect(await server.must(state)).toBe("enabled\nactive\n");
  });

  it("ends nothing, prints nothing and writes nothing to the journal while no grant has ended", async () => {
    const wes = await server.terminalOf("wes");
    const marcus = await server.terminalOf("marcus");
    await wes.waitFor(/wes@dev-wes/);
    await marcus.waitFor(/marcus@dev-wes/);
    await marcus.type("sudo -u wes-agent sleep 1000");
    await until(
      async () => (await server.root("pgrep -u wes-agent sleep")).code === 0,
      10,
      () => "The command does not start.",
    );
    const lines = "journalctl --no-pager -o cat | grep -c -i upkeep || true";
    const before = await server.must(lines);
    expect(await server.must("/usr/local/lib/team-runtime/upkeep")).toBe("");
    await server.must("systemctl start team-runtime-upkeep.service");
    expect(await server.must(lines)).toBe(before);
    await server.must("pgrep -u wes-agent sleep");
    await wes.close();
    await marcus.close();
  });
});

/** Proves that a grant with an end ends by the server alone: no update, no connection from outside. */
describe("a grant that ends", () => {
  let marcus: Terminal;
  let wes: Terminal;
  let tmuxServer: string;
  let end: Date;

  const tmuxServerOfWes = (): Promise<string> =>
    server.must("systemctl show -p MainPID --value agent-tmux@wes-agent");
  const loginsOfDeploy = (): Promise<string> =>
    server.must("journalctl -u ssh -o cat --no-pager | grep -c '^Accepted publickey for deploy'");

  beforeAll(async () => {
    await server.as("wes", "sudo -n -u wes-agent tmux new-session -d -s work");
    wes = await server.terminalOf("wes");
    await wes.waitFor(/wes@dev-wes/);
    await wes.type("sudo -u wes-agent tmux attach -t work");
    await wes.waitFor("[work]");
    marcus = await server.terminalOf("marcus");
    await marcus.waitFor(/marcus@dev-wes/);
    await marcus.type("sudo -u wes-agent tmux attach -t work");
    await marcus.waitFor("[work]");
    tmuxServer = await tmuxServerOfWes();
    end = new Date(Date.now() + secondsOfGrant * 1000);
    expect(await server.apply(wesLedByMarcus("dev-wes", instant(end)))).not.toContain("ended");
  });
  afterAll(async () => {
    await marcus.close();
    await wes.close();
  });

  it("is open until then: a new login, a new command, the terminal from before", async () => {
    expect(Date.now()).toBeLessThan(end.getTime() - 5000);
    expect(await server.as("marcus", "sudo -n -u wes-agent id -un")).toMatchObject({ stdout: "wes-agent\n" });
    await marcus.type("echo still $((6 * 7))");
    await marcus.waitFor("still 42");
  });

  it("ends the open terminal within the promised time, and says why", async () => {
    const logins = await loginsOfDeploy();
    await marcus.waitFor(/Pane is dead/, (end.getTime() - Date.now()) / 1000 + promisedSeconds);
    figure(
      "expiry: terminal ended after the grant's end",
      `${((Date.now() - end.getTime()) / 1000).toFixed(1)} s`,
    );
    expect(Date.now()).toBeGreaterThan(end.getTime());
    expect(await marcus.screen()).toMatch(
      /your (access as wes-agent|login) on dev-wes has (ended|been closed)/,
    );
    expect(await loginsOfDeploy()).toBe(logins);
  });

  it("leaves nothing of the lead's running, and says so in the journal", async () => {
    await until(
      async () => (await server.root("pgrep -u marcus")).code !== 0,
      promisedSeconds,
      () => "Processes of marcus go on.",
    );
    const journal = await server.must("journalctl -t team-runtime -o cat --no-pager");
    expect(journal).toContain("ended: marcus's command as wes-agent");
  });

  it("refuses the next login and the next command, by sshd's and sudo's own hand", async () => {
    expect((await server.as("marcus", "id")).code).toBe(255);
    const { code, stderr } = await server.root("runuser -u marcus -- sudo -n -u wes-agent id");
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/password is required|not allowed/);
  });

  it("does not touch the developer's terminal, the tmux server, or its session", async () => {
    await wes.type("echo mine $((6 * 7))");
    await wes.waitFor("mine 42");
    expect(await tmuxServerOfWes()).toBe(tmuxServer);
    expect(await server.as("wes", "sudo -n -u wes-agent tmux ls")).toMatchObject({ code: 0 });
  });

  it("is open again after an update with a later end", async () => {
    await server.apply(wesLedByMarcus("dev-wes", instant(new Date(Date.now() + 3600_000))));
    expect(await server.as("marcus", "sudo -n -u wes-agent id -un")).toMatchObject({ stdout: "wes-agent\n" });
  });
});

/**
 * Proves that everything about an end goes by the server's clock, wrong as it may be, and that the audit says so. Machines of the
 * sandbox share one kernel and its clock, so libfaketime gives every program that is started here another time: sudo, sshd, the
 * upkeep, the audit. The timer that starts the upkeep is systemd's, and keeps the kernel's.
 */
describe("a server whose clock is wrong", () => {
  const hour = 3600_000;
  const library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";

  /** Sets the clock by so many days; 0 puts it right. */
  const shiftClock = async (days: number): Promise<void> => {
    const shift = `${days > 0 ? "+" : ""}${String(days)}d`;
    await server.must(
      days === 0
        ? "rm -f /etc/ld.so.preload /etc/faketimerc"
        : `echo '${shift}' > /etc/faketimerc && echo ${library} > /etc/ld.so.preload`,
    );
    const shown = Number(await server.must("systemctl restart ssh && date +%s")) * 1000;
    expect(Math.abs(shown - Date.now() - days * 24 * hour)).toBeLessThan(hour);
  };
  const skewInAudit = async (): Promise<readonly string[]> => {
    const asked = Date.now();
    const stdout = await auditOf(server, wesLedByMarcus("dev-wes"));
    const answer = { reached: true, code: 0, stdout, stderr: "" } as const;
    const { findings } = readAnswer(answer, { asked, answered: Date.now() });
    return findings.filter(({ item }) => item === "clock").map(({ sentence }) => sentence);
  };
  const marcusMay = async (): Promise<readonly boolean[]> => [
    (await server.as("marcus", "true")).code === 0,
    (await server.root("runuser -u marcus -- sudo -n -u wes-agent true")).code === 0,
  ];

  beforeAll(async () => {
    await server.must("apt-get update -qq && apt-get install -y -qq --no-install-recommends faketime");
  });
  afterAll(() => shiftClock(0));

  it("by a day ahead ends a grant a day early, open terminals too, and leaves who has no end alone", async () => {
    await server.apply(wesLedByMarcus("dev-wes", instant(new Date(Date.now() + 2 * hour))));
    const wes = await server.terminalOf("wes");
    const marcus = await server.terminalOf("marcus");
    await wes.waitFor(/wes@dev-wes/);
    await marcus.waitFor(/marcus@dev-wes/);
    await marcus.type("sudo -u wes-agent cat");
    await until(
      async () => (await server.root("pgrep -u wes-agent -x cat")).code === 0,
      10,
      () => "The command does not start.",
    );
    expect(await marcusMay()).toEqual([true, true]);
    await shiftClock(1);
    expect(await marcusMay()).toEqual([false, false]);
    await marcus.waitFor(/Pane is dead/, promisedSeconds);
    await wes.type("echo mine $((6 * 7))");
    await wes.waitFor("mine 42");
    expect(await server.as("wes", "sudo -n -u wes-agent id -un")).toMatchObject({ stdout: "wes-agent\n" });
    await Promise.all([wes.close(), marcus.close()]);
  });

  it("is reported by the audit, with the direction", async () => {
    expect(await skewInAudit()).toEqual([
      expect.stringMatching(/^is 8[56]\d{3} seconds ahead of this machine/),
    ]);
  });

  it("gives back what it ended early once it is right", async () => {
    await shiftClock(0);
    expect(await marcusMay()).toEqual([true, true]);
    expect(await skewInAudit()).toEqual([]);
  });

  it("by a day behind lets an ended grant go on for a day, and the audit reports that too", async () => {
    await server.apply(wesLedByMarcus("dev-wes", instant(new Date(Date.now() - hour))));
    expect(await marcusMay()).toEqual([false, false]);
    await shiftClock(-1);
    expect(await marcusMay()).toEqual([true, true]);
    expect(await skewInAudit()).toEqual([
      expect.stringMatching(/^is 8[67]\d{3} seconds behind this machine/),
    ]);
  });

  it("does not keep a revocation from being true at once, which asks no clock", async () => {
    await server.apply(accessOn("dev-wes", [{ login: "wes" }]));
    expect((await server.as("marcus", "true")).code).toBe(255);
    await shiftClock(0);
  });
});
