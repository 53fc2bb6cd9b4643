import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run, type ProgramResult } from "../../engine/run";
import { plainSsh } from "../support/laptop";
import { startSandbox, type TestSandbox } from "../support/sandbox";
import { throwAwayKey } from "../support/throw-away-key";
import { until } from "../support/until";
import { accessOn, type AccessDocument } from "./access-on-server";
import { auditOf } from "./host-audit";
import { installPrograms, programOnServer } from "./lock-out/programs";
import { bootPreparedServer, type PreparedServer } from "./prepared-server";

interface Finding {
  readonly kind: string;
  readonly item: string;
  readonly sentence: string;
}

let sandbox: TestSandbox;
let server: PreparedServer;
/** What the revocation printed. */
let applied: string;
let findings: readonly Finding[];

const nadia = { lead: "nadia", over: "wes" };
const owners = [{ login: "wes" }, { login: "olga" }];
const before = accessOn("dev-wes", owners, [
  nadia,
  { lead: "marcus", over: "wes" },
  { lead: "marcus", over: "olga" },
]);
/** Marcus keeps his login, over Olga's agent: the worst case, since he could use whatever he has left behind. */
const after = accessOn("dev-wes", owners, [nadia, { lead: "marcus", over: "olga" }]);

/** Done by Marcus himself, as Wes's agent, while he may. */
const planted: readonly string[] = [
  "cp /bin/bash /tmp/back && chmod 4755 /tmp/back",
  "cp /bin/bash ~/back && chmod 4755 ~/back && chmod 755 ~",
  "tmux -S /tmp/.back new-session -d && chmod 777 /tmp/.back && tmux -S /tmp/.back server-access -a marcus",
  "tmux -L back new-session -d && tmux -L back server-access -a marcus",
  "tmux new-session -d -s work && tmux server-access -a marcus",
  // By the agent's own tmux server: nothing tells this from the agent's work any more.
  "tmux run-shell -b 'tmux -S /tmp/.inside new-session -d; chmod 777 /tmp/.inside; tmux -S /tmp/.inside server-access -a marcus'",
  "chmod 755 /run/agents/tmux-$(id -u)",
  `mkdir -p ~/.ssh && echo "${throwAwayKey("marcus").publicKey}" > ~/.ssh/authorized_keys && chmod 700 ~/.ssh`,
  "echo '@hourly true' | crontab -",
  "cd && echo 'sleep 100000' | at now",
  "echo 'true' | at now + 1 hour",
  "mkdir -p ~/.config/systemd/user && echo '[Service]' > ~/.config/systemd/user/back.service",
  "! loginctl enable-linger",
  `setsid -f ${programOnServer("deaf")} > /dev/null 2>&1`,
  "setsid -f python3 -m http.server --bind 127.0.0.1 8099 > /dev/null 2>&1",
  programOnServer("disguised"),
  programOnServer("forks"),
];

async function leftoversOf(document: AccessDocument): Promise<readonly Finding[]> {
  const { findings } = JSON.parse(await auditOf(server, document)) as { findings: readonly Finding[] };
  return findings.filter(({ kind }) => kind === "leftover");
}

const asMarcus = (command: string): Promise<ProgramResult> => server.as("marcus", command);

beforeAll(async () => {
  sandbox = await startSandbox("leftovers");
  server = await bootPreparedServer(sandbox, "dev-wes");
  await installPrograms(server);
  await server.must("apt-get update -qq && apt-get install -y -qq --no-install-recommends at");
  await server.apply(before);
  for (const command of planted) {
    const { code, stderr } = await server.as("marcus", `sudo -n -u wes-agent sh -c ${quoted(command)}`);
    if (code !== 0) throw new Error(`${command}: ${stderr}`);
  }
  const serving =
    "curl -s -o /dev/null http://127.0.0.1:8099/ && pgrep -fx 'sleep 100000' && test -S /tmp/.inside";
  await until(
    async () => (await server.root(serving)).code === 0,
    20,
    () => "What was planted does not run.",
  );
  applied = await server.apply(after);
  findings = await leftoversOf(after);
});
afterAll(async () => {
  await sandbox.remove();
});

function quoted(command: string): string {
  return `'${command.replaceAll("'", "'\\''")}'`;
}

describe("what a lead leaves behind is swept by the revocation:", () => {
  it("whatever runs as the agent out of his login, however far it went from his shell", async () => {
    const inHisLogin =
      "cat $(pgrep -u wes-agent | sed 's,.*,/proc/&/cgroup,') 2>/dev/null | grep -c user-20300.slice";
    expect((await server.root(inHisLogin)).stdout).toBe("0\n");
    expect(
      applied.split("\n").filter((line) => line.startsWith("ended: marcus's leftover")).length,
    ).toBeGreaterThan(5);
  });

  it("a listener", async () => {
    expect((await server.root("curl -s -o /dev/null http://127.0.0.1:8099/")).code).toBe(7);
  });

  it("a tmux server of his own, to which he had let himself in", async () => {
    expect((await asMarcus("tmux -N -S /tmp/.back ls")).code).toBe(1);
    expect((await asMarcus("tmux -N -S /run/agents/tmux-20413/back ls")).code).toBe(1);
  });

  it("a setuid shell of the agent's where he could run it", async () => {
    expect(applied).toContain("took setuid from: '/tmp/back' (of wes-agent)");
    expect((await asMarcus("/tmp/back -pc 'id -un'")).stdout).toBe("marcus\n");
  });

  it("the open home, and with it the setuid shell in there", async () => {
    expect(applied).toMatch(/^set home: \/home\/wes-agent \(was mode 0755/m);
    expect((await asMarcus("/home/wes-agent/back -pc id")).code).not.toBe(0);
  });

  it("but not what the agent's own tmux server runs, nor a job, which nothing tells from the agent's", async () => {
    const sessions = "sudo -n -u wes-agent tmux -S /run/agents/tmux-20413/default ls -F '#S'";
    expect((await server.as("wes", sessions)).stdout).toBe("work\n");
    expect((await server.root("pgrep -u wes-agent -fx 'sleep 100000'")).code).toBe(0);
  });
});

describe("what a lead leaves behind is reported by the audit:", () => {
  it.each([
    ["a setuid file anywhere", /^'\/home\/wes-agent\/back'$/, /makes whoever runs it wes-agent/],
    ["the socket of a server that has ended", /^'\/tmp\/\.back'$/, /socket of wes-agent/],
    ["the socket of a server that the agent's own runs", /^'\/tmp\/\.inside'$/, /socket of wes-agent/],
    ["a tmux server that lets him in", /^tmux server of wes-agent$/, /lets 'marcus' in/],
    ["the open folder of the agent's sockets", /^\/run\/agents\/tmux-20413$/, /open to others/],
    ["a planted key", /authorized_keys$/, /sshd does not read it/],
    ["a crontab", /^\/var\/spool\/cron\/crontabs\/wes-agent$/, /without a login/],
    ["an at job", /^\/var\/spool\/cron\/atjobs\/a/, /without a login/],
    ["what an at job has started", /^processes of wes-agent$/, /run in atd\.service.*pid \d+/],
    ["a user unit", /systemd\/user\/back\.service$/, /without a login/],
  ])("%s", (_what, item, sentence) => {
    expect(
      findings.filter((one) => item.test(one.item) && sentence.test(one.sentence)),
      JSON.stringify(findings, null, 1),
    ).toHaveLength(1);
  });

  it("and nothing of the others, nor of what he may still do", () => {
    expect(JSON.stringify(findings)).not.toMatch(/olga|nadia/);
  });
});

describe("what he left behind", () => {
  it("lets him neither log in as the agent nor act as it by sudo", async () => {
    const login = plainSsh(throwAwayKey("marcus").file, `wes-agent@${server.address}`);
    expect((await run("ssh", [...login, "id"])).code).toBe(255);
    expect((await asMarcus("sudo -n -u wes-agent id")).code).not.toBe(0);
    expect(await asMarcus("sudo -n -u olga-agent id -un")).toMatchObject({ code: 0, stdout: "olga-agent\n" });
  });

  it("is gone once each finding was dealt with as it says", async () => {
    await server.must(
      "rm -rf /home/wes-agent/back /tmp/back /tmp/.back /home/wes-agent/.ssh /home/wes-agent/.config && " +
        "runuser -u wes-agent -- tmux -S /tmp/.inside kill-server && rm -f /tmp/.inside && crontab -r -u wes-agent && " +
        "runuser -u wes-agent -- tmux -S /run/agents/tmux-20413/default server-access -d marcus && " +
        "chmod 700 /run/agents/tmux-20413 && rm -f /var/spool/cron/atjobs/a* && pkill -u wes-agent -fx 'sleep 100000'",
    );
    expect(await leftoversOf(after)).toEqual([]);
  });
});
