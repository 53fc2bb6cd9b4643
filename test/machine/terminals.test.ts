import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formatDocument } from "../../components/canonical-json";
import type { ToolRow, ToolsDocument } from "../../components/tools-document";
import type { TerminalName } from "../../config/terminals";
import type { DebRelease } from "../../config/tool";
import type { ProgramResult } from "../../engine/run";
import { gatewayAddress } from "../../sandbox/network/addresses";
import { figure, timed } from "../support/figure";
import { startSandbox, type TestSandbox } from "../support/sandbox";
import type { Terminal } from "../support/terminal";
import { until } from "../support/until";
import { installRequest } from "./new-server";
import {
  bootPreparedServer,
  wesLedByMarcus,
  type AccessDocument,
  type PreparedServer,
  wesWithKeys,
} from "./prepared-server";
import { bootLaptop, type Laptop } from "./terminals/laptop";
import { makePackage, servePackages, type PackageSite } from "./terminals/package";

const promisedSeconds = 5;
const applyTools = "/usr/local/lib/team-runtime/apply-tools";

let sandbox: TestSandbox;
let server: PreparedServer;
let laptop: Laptop;
let site: PackageSite;
let packageFile: string;

beforeAll(async () => {
  sandbox = await startSandbox("terminals");
  packageFile = makePackage("7.0.0");
  server = await bootPreparedServer(sandbox, "dev-wes");
  [laptop, site] = await Promise.all([
    bootLaptop(sandbox, server, "mosh"),
    servePackages(sandbox, [packageFile]),
  ]);
  await server.apply(access("wes", "desktop"));
  await server.as("wes", "sudo -n -u wes-agent tmux new-session -d -s work");
  // As a team does that has a mirror of its own: it is trusted, and not reached by the proxy.
  const name = "/usr/local/share/ca-certificates/packages.crt";
  await server.must(`cat >${name} <<'END'\n${site.certificate}END\nupdate-ca-certificates >/dev/null 2>&1`);
  const gateway = gatewayAddress(sandbox.instance.number);
  await server.must(`sed -i 's/^no_proxy=.*/&,${gateway}/; s/^NO_PROXY=.*/&,${gateway}/' /etc/environment`);
});

afterAll(async () => {
  site.close();
  await sandbox.remove();
});

/** Wes with these keys, and Marcus, who leads him. */
const access = (...keys: readonly ("wes" | "desktop")[]): AccessDocument => wesWithKeys("dev-wes", ...keys);

/** The same without Marcus. */
function withoutMarcus(): AccessDocument {
  const { accounts, keys, sudoers, ...rest } = access("wes", "desktop");
  const without = <Value>(entries: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> =>
    Object.fromEntries(Object.entries(entries).filter(([name]) => !name.startsWith("marcus")));
  return { ...rest, accounts: without(accounts), keys: without(keys), sudoers: without(sudoers) };
}

const mosh: ToolRow = {
  people: ["wes"],
  debianPackages: [],
  kind: "apt",
  check: ["mosh-server", "--version"],
  packages: ["mosh"],
};

function et(release: DebRelease): ToolRow {
  return {
    people: ["wes"],
    debianPackages: ["libprotobuf32", "libsodium23", "libutempter0"],
    kind: "deb",
    version: "7.0.0",
    check: ["dpkg-query", "--show", "et"],
    package: "et",
    architectures: { x86_64: release },
  };
}

async function run(
  terminal: TerminalName,
  tools: ToolsDocument["tools"],
  ...options: string[]
): Promise<ProgramResult> {
  const document: ToolsDocument = { server: "dev-wes", terminal, tools, version: 1 };
  return server.root([applyTools, ...options].join(" "), formatDocument(document));
}

/** Applies a terminal, which must succeed. Returns the lines that were printed. */
async function turnOn(terminal: TerminalName, tools: ToolsDocument["tools"]): Promise<readonly string[]> {
  const { code, stdout, stderr } = await run(terminal, tools);
  if (code !== 0) throw new Error(`apply-tools ended with ${String(code)}: ${stdout}${stderr}`);
  return stdout.split("\n").filter((line) => line !== "");
}

const tmuxServer = (): Promise<string> =>
  server.must("systemctl show -p MainPID --value agent-tmux@wes-agent");

/** Opens a session and waits for the prompt of its shell. */
async function enter(program: string, host: string, login = "wes"): Promise<Terminal> {
  const terminal = await laptop.open(program, host);
  await terminal.waitFor(new RegExp(`${login}@dev-wes`), 30);
  return terminal;
}

async function attach(terminal: Terminal): Promise<void> {
  await terminal.type("sudo -u wes-agent tmux attach -t work");
  await terminal.waitFor("[work]");
}

async function works(terminal: Terminal, word: string): Promise<void> {
  await terminal.type(`echo ${word} $((6 * 7))`);
  await terminal.waitFor(`${word} 42`);
}

/** Whether a datagram from the laptop arrives at a port of the server. */
async function arrives(port: number): Promise<boolean> {
  const listener = `listener-${String(port)}`;
  await server.must(
    `rm -f /run/got; systemd-run --quiet --collect --unit=${listener} timeout 20 python3 -c 'import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("", ${String(port)})); open("/run/ready", "w"); s.recv(9); open("/run/got", "w")'`,
  );
  try {
    await server.must("until [ -e /run/ready ]; do sleep 0.05; done; rm /run/ready");
    for (let attempt = 0; attempt < 3; attempt += 1)
      await laptop.run(`echo hello >/dev/udp/${server.address}/${String(port)}; sleep 0.2`);
    return (await server.root("test -e /run/got")).code === 0;
  } finally {
    await server.must(`systemctl stop ${listener} 2>/dev/null; true`);
  }
}

/** Whether the laptop is answered at a TCP port. */
const answers = async (port: number): Promise<boolean> =>
  (await laptop.run(`timeout 2 bash -c '</dev/tcp/${server.address}/${String(port)}'`)) === 0;

/** A cut as a tunnel or a closed lid makes it: nothing is refused, nothing arrives. */
const cut = (): Promise<string> =>
  server.must(
    `nft 'add table inet cut; add chain inet cut in { type filter hook input priority -10; }; add rule inet cut in iifname "eth0" drop; add chain inet cut out { type filter hook output priority -10; }; add rule inet cut out oifname "eth0" drop'`,
  );
const restore = (): Promise<string> => server.must("nft delete table inet cut");

/** Every process of a person that holds such a terminal. */
const holders = async (login: string, program: string): Promise<string> =>
  (await server.root(`pgrep -u ${login} -x ${program}`)).stdout;

/** What both terminals promise: `program` is what the laptop runs, `holder` what runs on the server. */
function promises(program: "mosh" | "et", holder: string, over: RegExp): void {
  describe(`sessions over ${program}`, () => {
    let wes: Terminal;
    let marcus: Terminal;
    /** Whether the ssh with which every session begins is refused. */
    const isRefused = async (host: string): Promise<boolean> => {
      const terminal = await laptop.open(program, host);
      await terminal.waitFor(/Did not find mosh server|ssh did not start etterminal/, 20);
      await terminal.close();
      return true;
    };

    beforeAll(async () => {
      wes = await enter(program, "dev-wes");
      marcus = await enter(program, "marcus", "marcus");
    });
    afterAll(async () => {
      await Promise.all([wes.close(), marcus.close()]);
    });

    it("come to the person's shell and to the agent's sessions", async () => {
      await works(wes, "first");
      await attach(marcus);
      await works(marcus, "lead");
    });

    it("live through a network that goes away and comes back", async () => {
      const before = await holders("wes", holder);
      await cut();
      await wes.type("echo typed $((7 * 8))");
      await setTimeout(5000);
      expect(await wes.screen()).not.toContain("typed 56");
      await restore();
      await wes.waitFor("typed 56", 30);
      expect(await holders("wes", holder)).toBe(before);
      await works(marcus, "again");
    });

    it("need a login by ssh: nobody else gets a terminal", async () => {
      for (const login of ["nobody", "wes-agent"]) expect(await isRefused(`${login}@dev-wes`)).toBe(true);
      expect(await holders("wes-agent", holder)).toBe("");
    });

    it("of a lead end with the grant within the promised time; the developer's go on", async () => {
      const [server_, mine] = [await tmuxServer(), await holders("wes", holder)];
      const started = Date.now();
      await server.apply(withoutMarcus());
      await marcus.waitFor(over, promisedSeconds);
      figure(`revoked over ${program}: ended after`, `${((Date.now() - started) / 1000).toFixed(1)} s`);
      expect(await server.must("ps -eo user:32,comm | grep -c '^marcus ' || true")).toBe("0\n");
      expect([await tmuxServer(), await holders("wes", holder)]).toEqual([server_, mine]);
      await works(wes, "still");
      expect(await isRefused("marcus")).toBe(true);
    });

    it("of a person all end when one key goes; other people's go on", async () => {
      await server.apply(access("wes", "desktop"));
      const [desktop, lead] = [await enter(program, "desktop"), await enter(program, "marcus", "marcus")];
      await desktop.type("setsid -f sleep 7777");
      await until(
        async () => (await server.root("pgrep -f 'sleep 7777'")).code === 0,
        10,
        () => "The program does not run.",
      );
      const printed = await server.apply(access("wes"));
      expect(
        printed.match(new RegExp(`^ended: wes's ${program} session .* a key of theirs is gone$`, "gm")),
      ).toHaveLength(2);
      for (const terminal of [wes, desktop]) await terminal.waitFor(over, promisedSeconds);
      expect(await holders("wes", holder)).toBe("");
      expect((await server.root("pgrep -f 'sleep 7777'")).code).toBe(1);
      await works(lead, "there");
      expect(await server.apply(access("wes"))).toBe("");
      await lead.close();
      await desktop.close();
      // By the key that is left, a new one.
      const other = await enter(program, "dev-wes");
      await other.close();
    });

    it("end when the access expires, by the server alone", async () => {
      const end = Date.now() + 8_000;
      const text = new Date(end).toISOString().replace(/[-:T]|\.\d+/g, "");
      await server.apply(wesLedByMarcus("dev-wes", text));
      const lead = await enter(program, "marcus", "marcus");
      await setTimeout(Math.max(0, end + 1000 - Date.now()));
      // Its timer does this every 20 s (test/machine/expiry).
      await server.must("/usr/local/lib/team-runtime/upkeep");
      await lead.waitFor(over, promisedSeconds);
      expect(await holders("marcus", holder)).toBe("");
      await lead.close();
      await server.apply(access("wes", "desktop"));
    });

    it("stay when the agent is frozen, without what they ran as the agent", async () => {
      const owner = await enter(program, "dev-wes");
      await attach(owner);
      const freeze = "/usr/local/lib/team-runtime/freeze";
      await server.must(`echo '{"login":"wes"}' | ${freeze}`);
      await owner.waitFor("wes-agent has been frozen");
      await owner.press("C-u");
      await works(owner, "mine");
      await server.must(`echo '{"login":"wes"}' | ${freeze} --thaw`);
      await server.as("wes", "sudo -n -u wes-agent tmux new-session -d -s work");
      await owner.close();
    });
  });
}

describe("mosh, for real", () => {
  it("is not reached before it is turned on", async () => {
    expect(await arrives(60000)).toBe(false);
  });

  it("is installed, and then its ports are opened, to the allowed networks", async () => {
    expect(await run("mosh", { mosh }, "--check")).toMatchObject({ code: 1 });
    expect(await timed("terminal: mosh turned on", () => turnOn("mosh", { mosh }))).toEqual([
      expect.stringMatching(/^installed package: mosh 1\./),
      "installed: mosh",
      "switched: /usr/local/bin/mosh-server to /usr/local/lib/team-runtime/mosh-server",
      "opened: udp dport 60000-60099 accept",
    ]);
    expect(await turnOn("mosh", { mosh })).toEqual([]);
    expect(await run("mosh", { mosh }, "--check")).toMatchObject({ code: 0, stdout: "" });
    expect([await arrives(60000), await arrives(60099), await arrives(60100)]).toEqual([true, true, false]);
  });

  it("is open to the networks that reach sshd, and to no other", async () => {
    const install = "/usr/local/lib/team-runtime/install";
    expect((await server.root(install, installRequest({ sshFrom: ["192.0.2.0/24"] }))).code).toBe(0);
    expect([await arrives(60000), await answers(22)]).toEqual([false, false]);
    expect((await server.root(install, installRequest())).code).toBe(0);
    expect([await arrives(60000), await answers(22)]).toEqual([true, true]);
  });

  it("comes back with the machine's firewall, and stays as it is for the upkeep", async () => {
    await server.must("systemctl restart team-runtime-firewall.service");
    expect(await arrives(60000)).toBe(true);
    await server.must("nft flush ruleset && /usr/local/lib/team-runtime/upkeep");
    expect(await arrives(60000)).toBe(true);
  });

  promises("mosh", "mosh-server", /\[mosh is exiting\.\]|Pane is dead/);

  it("is turned off: its sessions end, its ports close, its package goes", async () => {
    const wes = await enter("mosh", "dev-wes");
    expect(await turnOn("ssh", {})).toEqual([
      "closed: udp dport 60000-60099 accept",
      "removed: /usr/local/bin/mosh-server",
      expect.stringMatching(/^ended: wes's mosh session \(pid \d+\), which the team has turned off$/),
      "removed package: mosh",
    ]);
    await wes.close();
    expect(await holders("wes", "mosh-server")).toBe("");
    expect([await arrives(60000), await answers(22)]).toEqual([false, true]);
    expect(await server.must("ls -A /etc/team-runtime/firewall.d /usr/local/bin")).not.toContain("terminal");
    expect(await run("ssh", {}, "--check")).toMatchObject({ code: 0, stdout: "" });
  });
});

describe("Eternal Terminal, with a relay in place of its programs", () => {
  const tools = (release = site.release(packageFile)): ToolsDocument["tools"] => ({ et: et(release) });
  const starts = (): Promise<string> => server.must("cat /var/log/etserver-starts");

  it("is not installed from another file than the one that is named, and access does not wait for it", async () => {
    const { code, stderr } = await run("et", tools({ ...site.release(packageFile), sha256: "0".repeat(64) }));
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^et 7\.0\.0 for wes on dev-wes was not installed: https:\S+ has the SHA-256 \w{64} and not 0{64}: it is another file\.\n$/,
    );
    expect(await answers(2022)).toBe(false);
    await server.apply(access("wes", "desktop"));
  });

  it("is configured first and started then, and its port is opened last", async () => {
    expect(await timed("terminal: et turned on", () => turnOn("et", tools()))).toEqual([
      "installed package: et 7.0.0-1",
      "installed: et 7.0.0",
      "started: et.service",
      "opened: tcp dport 2022 accept",
    ]);
    // One start, though the package's own script asked for one at once.
    expect(await starts()).toBe("telemetry=false logdirectory=/var/log/et\n");
    expect(await server.must("dpkg --verify et; dpkg-query --show --showformat='${Status}' et")).toMatch(
      /install ok installed$/,
    );
    expect(await answers(2022)).toBe(true);
    expect(await turnOn("et", tools())).toEqual([]);
    expect(await run("et", tools(), "--check")).toMatchObject({ code: 0, stdout: "" });
  });

  it("is not turned on while another program has its port, and that is closed", async () => {
    await server.must(
      "systemctl disable --quiet --now et.service; systemd-run --quiet --collect --unit=squatter python3 -m http.server 2022",
    );
    await until(
      () => answers(2022),
      10,
      () => "The other program does not listen.",
    );
    const { code, stdout, stderr } = await run("et", tools());
    expect([code, stdout]).toEqual([1, "closed: tcp dport 2022 accept\n"]);
    expect(stderr).toMatch(
      /^et was not turned on on dev-wes, and its port is closed: another program than et\.service listens on port 2022\./,
    );
    expect(await answers(2022)).toBe(false);
    await server.must("systemctl stop squatter; rm /var/log/etserver-starts");
    expect(await turnOn("et", tools())).toEqual(["started: et.service", "opened: tcp dport 2022 accept"]);
  });

  it("has the dependencies that its package names", async () => {
    const packages = "libprotobuf32 libsodium23 libutempter0";
    expect(await server.must(`dpkg-query --show --showformat='\${db:Status-Status}\n' ${packages}`)).toBe(
      "installed\n".repeat(3),
    );
  });

  it("does not reach the metadata service for anybody", async () => {
    expect(await server.must("systemctl show --property=IPAddressDeny --value et.service")).toMatch(
      /169\.254\.169\.254/,
    );
  });

  it("gives nobody a terminal who has not come by ssh", async () => {
    const ask = `exec 3<>/dev/tcp/${server.address}/2022; echo stranger/secret >&3; head -n 1 <&3`;
    expect(await laptop.run(`test "$(timeout 5 bash -c '${ask}')" = gone`)).toBe(0);
  });

  it("starts again with the machine, under the same settings", async () => {
    expect(await server.must("systemctl is-enabled et.service")).toBe("enabled\n");
    await server.must("systemctl restart et.service");
    await until(
      async () => (await starts()) === "telemetry=false logdirectory=/var/log/et\n".repeat(2),
      10,
      () => "It did not start again, or under other settings.",
    );
  });

  promises("et", "etterminal", /session over/);

  it("logs in a folder of root's that nobody else can list, and not in /tmp", async () => {
    expect(await server.must("stat -c '%U %a' /var/log/et")).toBe("root 1733\n");
    const logs = await server.must("ls /var/log/et");
    expect(logs).toMatch(/^etserver-/m);
    expect(logs).toMatch(/^etterminal-/m);
    expect(await server.must("find /tmp /var/tmp -name 'et*'")).toBe("");
    expect((await server.as("wes", "ls /var/log/et")).code).not.toBe(0);
  });

  it("is seen and put right when somebody changes its settings or its firewall, or stops it", async () => {
    await server.must("sed -i 's/^telemetry = false/telemetry = true/' /etc/et.cfg");
    const wrote = "wrote: /etc/et.cfg\nstarted: et.service\n";
    expect(await run("et", tools(), "--check")).toMatchObject({ code: 1, stdout: wrote });
    expect(await turnOn("et", tools())).toEqual(wrote.trim().split("\n"));
    await server.must("systemctl disable --quiet --now et.service");
    expect(await turnOn("et", tools())).toEqual(["started: et.service"]);
    await server.must("echo 'tcp dport 1-65535 accept' >/etc/team-runtime/firewall.d/terminal.nft");
    expect(await turnOn("et", tools())).toEqual([
      "closed: tcp dport 1-65535 accept",
      "opened: tcp dport 2022 accept",
    ]);
  });

  it("is turned off: its port is closed, its service stopped, its package gone", async () => {
    const wes = await enter("et", "dev-wes");
    expect(await turnOn("ssh", {})).toEqual([
      "closed: tcp dport 2022 accept",
      "stopped: et.service",
      expect.stringMatching(/^ended: wes's et session \(pid \d+\), which the team has turned off$/),
      "removed package: et",
      "removed: /etc/systemd/system/et.service.d/50-team-runtime-held.conf",
    ]);
    await wes.close();
    expect([await answers(2022), await answers(22)]).toEqual([false, true]);
    expect(await holders("root", "etserver")).toBe("");
    expect(await holders("wes", "etterminal")).toBe("");
    expect(await run("ssh", {}, "--check")).toMatchObject({ code: 0, stdout: "" });
  });
});
