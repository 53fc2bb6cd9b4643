import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { figure } from "../support/figure";
import { powerOff, powerOn } from "../support/power";
import { developmentTeam, type Team } from "../support/team";
import { teamCommand } from "../support/team-command";

interface Finding {
  readonly kind: string;
  readonly item: string;
  readonly sentence: string;
  readonly fix: string;
}

interface ServerAudit {
  readonly server: string;
  readonly state: string;
  readonly repaired: readonly string[];
  readonly findings: readonly Finding[];
}

interface Audit {
  readonly code: number;
  readonly servers: readonly ServerAudit[];
  /** The findings of dev-wes. */
  readonly onDevWes: readonly Finding[];
}

let team: Team;

/** What puts dev-wes back, in the order of planting. */
let undo: string[] = [];

const auditCommand = (...options: readonly string[]) =>
  teamCommand("audit", ...options, "--team", join(team.folder, "team.dev.yaml"));

async function audit(...options: readonly string[]): Promise<Audit> {
  const { code, stdout, stderr } = await auditCommand("--json", ...options);
  // On a busy machine it says for whom it waits.
  expect(stderr.replace(/^ {2}(?:… still )?asking dev-.*\n/gm, "")).toBe("");
  const { servers } = JSON.parse(stdout) as { servers: readonly ServerAudit[] };
  const onDevWes = servers.find(({ server }) => server === "dev-wes")?.findings ?? [];
  return { code, servers, onDevWes };
}

/** Changes dev-wes by hand, as root. */
async function plant(command: string, undoing: string): Promise<void> {
  undo.push(undoing);
  await team.root("dev-wes", command);
}

beforeAll(async () => {
  team = await developmentTeam();
});

afterEach(async () => {
  for (const command of undo.reverse()) await team.root("dev-wes", command);
  undo = [];
  await auditCommand("--repair");
});

describe("a team as the file says", () => {
  test("is clean on every server, and the audit changes nothing", async () => {
    const state =
      "find /etc /var/lib/team-runtime /home -xdev -newermt @0 -printf '%p %T@ %m %u\\n' | sort | sha256sum";
    const before = await team.root("dev-wes", state);
    const started = performance.now();
    const { code, servers } = await audit();
    figure("audit of three servers", `${((performance.now() - started) / 1000).toFixed(1)} s`);
    expect(servers.map(({ server, state, findings }) => [server, state, findings])).toEqual([
      ["dev-marcus", "clean", []],
      ["dev-nadia", "clean", []],
      ["dev-wes", "clean", []],
    ]);
    expect(code).toBe(0);
    expect(await team.root("dev-wes", state)).toBe(before);
  });

  test("is told in a line for each server to people", async () => {
    const { stdout } = await auditCommand();
    expect(stdout).toMatch(
      /^dev-marcus: clean\ndev-nadia: clean\ndev-wes: clean\n3 servers in [\d.]+ s: 3 clean, /,
    );
  });
});

const ours = "/etc/sudoers.d/50-team-runtime";
const putFirewallBack = "/usr/local/lib/team-runtime/upkeep; systemctl start team-runtime-upkeep.timer";

/** Each: what was done by hand, as root; how it is taken back; and what is reported: kind, item, and a part of the sentence. */
const planted: readonly (readonly [string, string, string, string, string, RegExp])[] = [
  [
    "a rule added to our sudoers file",
    `echo 'marcus ALL=(wes) NOPASSWD: ALL' >> ${ours}`,
    "true",
    "drift",
    "access",
    /removed from .*50-team-runtime: .*marcus/,
  ],
  [
    "a grant deleted by hand",
    `sed -i /^marcus/d ${ours}`,
    "true",
    "drift",
    "access",
    /added grant: marcus as wes-agent/,
  ],
  [
    "a sudoers file of somebody's",
    "echo 'eve ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/eve; chmod 440 /etc/sudoers.d/eve",
    "rm -f /etc/sudoers.d/eve",
    "unmanaged",
    "/etc/sudoers.d/eve",
    /eve run ALL as ALL without a password/,
  ],
  [
    "a key added to a person's",
    "sed 's/ wes$/ eve/; s/AAAAI/AAAAJ/' /etc/ssh/authorized_keys/wes >> /etc/ssh/authorized_keys/wes",
    "true",
    "drift",
    "access",
    /removed key: wes/,
  ],
  [
    "a key file of nobody",
    "cp /etc/ssh/authorized_keys/wes /etc/ssh/authorized_keys/eve",
    "true",
    "drift",
    "access",
    /removed keys: eve/,
  ],
  [
    "a second key of the deploy user",
    "cp -p /etc/ssh/authorized_keys/deploy /root/deploy; cat /etc/ssh/authorized_keys/wes >> /etc/ssh/authorized_keys/deploy",
    "mv /root/deploy /etc/ssh/authorized_keys/deploy",
    "unmanaged",
    "/etc/ssh/authorized_keys/deploy",
    /another key/,
  ],
  [
    "a home opened to others",
    "chmod 755 /home/wes",
    "true",
    "drift",
    "access",
    /set home: \/home\/wes \(was mode 0755/,
  ],
  [
    "an account deleted",
    "systemctl stop agent-tmux@wes-agent; userdel wes-agent",
    "true",
    "drift",
    "access",
    /made account: wes-agent/,
  ],
  [
    "an account in a group with power",
    "gpasswd --add wes sudo",
    "gpasswd --delete wes sudo || true",
    "unmanaged",
    "group sudo",
    /gives wes the power of root/,
  ],
  [
    "an account of somebody's",
    "useradd --shell /bin/bash eve",
    "userdel -r eve 2>/dev/null || true",
    "unmanaged",
    "account eve",
    /login shell/,
  ],
  [
    "an agent's tmux server stopped",
    "systemctl disable --now agent-tmux@wes-agent",
    "true",
    "drift",
    "access",
    /started: the tmux server of wes-agent/,
  ],
  [
    "an addition to an agent's unit",
    "mkdir /run/systemd/system/agent-tmux@.service.d; printf '[Service]\\nNice=1\\n' > /run/systemd/system/agent-tmux@.service.d/a.conf; systemctl daemon-reload",
    "rm -r /run/systemd/system/agent-tmux@.service.d; systemctl daemon-reload",
    "unmanaged",
    "agent-tmux@wes-agent.service",
    /changed by .*a\.conf/,
  ],
  [
    "security updates switched off",
    "systemctl disable --now apt-daily-upgrade.timer",
    "systemctl enable --now apt-daily-upgrade.timer",
    "drift",
    "apt-daily-upgrade.timer",
    /^is not active and not enabled/,
  ],
  [
    "sshd told otherwise for one login",
    "printf 'Match User root\\n  PermitRootLogin yes\\n' >> /etc/ssh/sshd_config",
    "sed -i '/^Match User root/,$d' /etc/ssh/sshd_config",
    "unmanaged",
    "/etc/ssh/sshd_config",
    /Match User root/,
  ],
  [
    "the firewall flushed",
    "systemctl stop team-runtime-upkeep.timer team-runtime-upkeep.service; nft flush ruleset",
    putFirewallBack,
    "drift",
    "firewall",
    /not in force/,
  ],
  [
    "a port opened in the firewall",
    "systemctl stop team-runtime-upkeep.timer team-runtime-upkeep.service; nft add rule inet team_runtime input tcp dport 8080 accept",
    putFirewallBack,
    "drift",
    "firewall",
    /not in force/,
  ],
  [
    "the firewall's rules changed on the disk",
    "cp -p /etc/team-runtime/firewall.nft /root/firewall.nft; sed -i 's/policy drop/policy accept/' /etc/team-runtime/firewall.nft",
    "mv /root/firewall.nft /etc/team-runtime/firewall.nft",
    "drift",
    "/etc/team-runtime/firewall.nft",
    /sshFrom/,
  ],
  [
    "the upkeep stopped for good",
    "systemctl disable --now --quiet team-runtime-upkeep.timer",
    "systemctl enable --now --quiet team-runtime-upkeep.timer",
    "drift",
    "team-runtime-upkeep.timer",
    /not active and not enabled/,
  ],
  [
    "the host software changed",
    "cp -p /usr/local/lib/team-runtime/watch /root/watch; echo '#' >> /usr/local/lib/team-runtime/watch",
    "mv /root/watch /usr/local/lib/team-runtime/watch",
    "drift",
    "/usr/local/lib/team-runtime/watch",
    /differs/,
  ],
  [
    "sudo's own settings changed",
    "cp -p /etc/sudoers.d/00-team-runtime /root/00; sed -i /use_pty/d /etc/sudoers.d/00-team-runtime",
    "mv /root/00 /etc/sudoers.d/00-team-runtime",
    "drift",
    "/etc/sudoers.d/00-team-runtime",
    /another content/,
  ],
  [
    "a setuid shell of the agent's",
    "install -o wes-agent -g wes-agent -m 4755 /bin/bash /var/tmp/bash",
    "rm -f /var/tmp/bash",
    "leftover",
    "'/var/tmp/bash'",
    /makes whoever runs it wes-agent/,
  ],
  [
    "a crontab of the agent's",
    "echo '@hourly true' | crontab -u wes-agent -",
    "crontab -r -u wes-agent || true",
    "leftover",
    "/var/spool/cron/crontabs/wes-agent",
    /without a login/,
  ],
  [
    "a user unit of the agent's",
    "runuser -u wes-agent -- sh -c 'mkdir -p ~/.config/systemd/user && touch ~/.config/systemd/user/back.service'",
    "rm -rf /home/wes-agent/.config/systemd",
    "leftover",
    "/home/wes-agent/.config/systemd/user/back.service",
    /without a login/,
  ],
  [
    "an agent that lingers",
    "touch /var/lib/systemd/linger/wes-agent",
    "rm -f /var/lib/systemd/linger/wes-agent",
    "leftover",
    "/var/lib/systemd/linger/wes-agent",
    /without a login/,
  ],
  [
    "keys planted in a home",
    "runuser -u wes-agent -- sh -c 'mkdir -p ~/.ssh && touch ~/.ssh/authorized_keys'",
    "rm -rf /home/wes-agent/.ssh",
    "leftover",
    "/home/wes-agent/.ssh/authorized_keys",
    /sshd does not read it/,
  ],
  [
    "a tmux server of the agent's in /tmp",
    "runuser -u wes-agent -- tmux -S /tmp/.x new-session -d",
    "runuser -u wes-agent -- tmux -S /tmp/.x kill-server; rm -f /tmp/.x",
    "leftover",
    "'/tmp/.x'",
    /socket of wes-agent/,
  ],
  [
    "the agent's tmux server opened to a lead",
    "runuser -u wes-agent -- tmux -S /run/agents/tmux-$(id -u wes-agent)/default server-access -a marcus",
    "runuser -u wes-agent -- tmux -S /run/agents/tmux-$(id -u wes-agent)/default server-access -d marcus",
    "leftover",
    "tmux server of wes-agent",
    /marcus.* in without sudo/,
  ],
  [
    "a tmux server of the agent's that its unit did not start",
    "systemctl stop agent-tmux@wes-agent; systemd-run --quiet --collect --unit=other-tmux --uid=wes-agent tmux -S /run/agents/tmux-$(id -u wes-agent)/default -D; sleep 1",
    "systemctl stop other-tmux",
    "leftover",
    "tmux server of wes-agent",
    /was not started by agent-tmux@wes-agent/,
  ],
  [
    "a process of the agent's in a service of its own",
    "systemd-run --quiet --collect --unit=stray --uid=wes-agent sleep 1000",
    "systemctl stop stray",
    "leftover",
    "processes of wes-agent",
    /run in stray\.service/,
  ],
  [
    "the folder of the agent's sockets opened to others",
    "chmod 755 /run/agents/tmux-$(id -u wes-agent)",
    "chmod 700 /run/agents/tmux-$(id -u wes-agent)",
    "leftover",
    "/run/agents/tmux-56729",
    /open to others/,
  ],
  [
    "files of nobody",
    "touch /var/tmp/orphan; chown 33333:33333 /var/tmp/orphan",
    "rm -f /var/tmp/orphan",
    "leftover",
    "files of 33333",
    /owns '\/var\/tmp\/orphan'/,
  ],
];

describe("what was done by hand", () => {
  test.each(planted)(
    "%s is reported, on its server alone",
    async (_what, command, undoing, kind, item, sentence) => {
      await plant(command, undoing);
      const { code, servers, onDevWes } = await audit();
      expect(code).toBe(1);
      expect(onDevWes).toContainEqual({
        kind,
        item,
        sentence: expect.stringMatching(sentence) as string,
        fix: expect.stringMatching(/\.$/) as string,
      });
      const others = servers.filter(({ server }) => server !== "dev-wes");
      expect(others.map(({ state }) => state)).toEqual(["clean", "clean"]);
    },
  );
});

describe("--repair", () => {
  test("puts access right, says what it did, and leaves what is none of its own", async () => {
    await plant(`sed -i /^marcus/d ${ours}; chmod 755 /home/wes`, "true");
    await plant("echo '@hourly true' | crontab -u wes-agent -", "crontab -r -u wes-agent");
    const { code, servers, onDevWes } = await audit("--repair");
    const repaired = servers.find(({ server }) => server === "dev-wes")?.repaired.join("\n") ?? "";
    expect(repaired).toContain("added grant: marcus as wes-agent");
    expect(repaired).toContain("set home: /home/wes");
    expect(onDevWes.map(({ kind }) => kind)).toEqual(["leftover"]);
    expect(code).toBe(1);
    expect((await team.ssh("marcus@dev-wes", "sudo -n -u wes-agent true")).code).toBe(0);
    const others = servers.filter(({ server }) => server !== "dev-wes");
    expect(others.flatMap((one) => one.repaired)).toEqual([]);
  });
});

describe("a grant whose time is over", () => {
  test("is reported while it stands in the team file", async () => {
    team.edit((text) => text.replace("over: nadia }", "over: nadia, until: 2026-01-31T00:00:00Z }"));
    const { servers } = await audit();
    team.edit((text) => text.replace(", until: 2026-01-31T00:00:00Z", ""));
    const found = servers.find(({ server }) => server === "dev-nadia")?.findings ?? [];
    expect(found.map(({ kind, item }) => [kind, item])).toContainEqual([
      "expired",
      "grant of marcus over nadia",
    ]);
  });
});

// A machine of the sandbox has the clock of its host, so it is this machine's that goes wrong. How far is known as well as
// the way to the server and back is short.
describe("a clock that is wrong", () => {
  test.each([
    [90_000, "behind"],
    [-90_000, "ahead of"],
  ])("by %d ms is reported of every server", async (milliseconds, which) => {
    const wrong = join(team.folder, "wrong-clock.cjs");
    writeFileSync(wrong, `const { now } = Date; Date.now = () => now() + ${String(milliseconds)};\n`);
    process.env["NODE_OPTIONS"] = `--require=${wrong}`;
    const { code, servers } = await audit().finally(() => delete process.env["NODE_OPTIONS"]);
    expect(code).toBe(1);
    for (const { findings } of servers) {
      expect(findings.map(({ kind, item }) => [kind, item])).toEqual([["drift", "clock"]]);
      expect(findings[0]?.sentence).toMatch(
        new RegExp(`^is (7[5-9]|[89][0-9]|10[0-5]) seconds ${which} this machine's`),
      );
    }
  });
});

describe("a server that is off", () => {
  test("is unreachable, and hides neither the others nor their drift", async () => {
    await plant("touch /var/lib/systemd/linger/wes-agent", "rm -f /var/lib/systemd/linger/wes-agent");
    await powerOff("dev-nadia");
    try {
      const { code, servers, onDevWes } = await audit();
      expect(code).toBe(3);
      expect(servers.map(({ server, state }) => [server, state])).toEqual([
        ["dev-marcus", "clean"],
        ["dev-nadia", "unreachable"],
        ["dev-wes", "drift"],
      ]);
      expect(onDevWes.map(({ kind }) => kind)).toEqual(["leftover"]);
    } finally {
      await powerOn(team, "dev-nadia");
    }
  });
});

describe("a team file that is not valid", () => {
  test("is refused before any server is asked", async () => {
    team.edit((text) => text.replace("over: wes ", "over: wess "));
    const logins = await team.logins("dev-wes");
    const { code, stdout, stderr } = await auditCommand();
    team.edit((text) => text.replace("over: wess ", "over: wes "));
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/team\.dev\.yaml:\d+:\d+: grants.*Fix: /);
    expect(await team.logins("dev-wes")).toBe(logins);
  });
});
