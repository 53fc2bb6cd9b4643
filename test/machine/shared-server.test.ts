import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formatDocument } from "../../components/canonical-json";
import type { WorkplaceRow } from "../../components/workplace-document";
import type { ProgramResult } from "../../engine/run";
import { shellQuoted } from "../../sandbox/laptop/ssh-arguments";
import { figure } from "../support/figure";
import { startSandbox, type TestSandbox } from "../support/sandbox";
import { until } from "../support/until";
import { accessOn, type Lead, type Owner } from "./access-on-server";
import { auditOf } from "./host-audit";
import { bootPreparedServer, type AccessDocument, type PreparedServer } from "./prepared-server";

const serverName = "dev-shared";
const programs = "/usr/local/lib/team-runtime";

let sandbox: TestSandbox;
let server: PreparedServer;

/** Wes and Nadia work here. Marcus comes from his own server. */
const access = (leads: readonly Lead[], nadia: Partial<Owner> = {}): AccessDocument =>
  accessOn(serverName, [{ login: "wes" }, { login: "nadia", ...nadia }], leads);
const marcusLeadsWes = access([{ lead: "marcus", over: "wes" }]);

const as = (person: string, command: string): Promise<ProgramResult> => server.as(person, command);
const asAgentOf = (person: string, command: string): Promise<ProgramResult> =>
  server.as(person, `sudo -n -u ${person}-agent sh -c ${shellQuoted(command)}`);

async function mayNot(done: Promise<ProgramResult>): Promise<void> {
  const { code, stdout } = await done;
  expect([code === 0, stdout]).toEqual([false, ""]);
}

async function must(done: Promise<ProgramResult>): Promise<string> {
  const { code, stdout, stderr } = await done;
  if (code !== 0) throw new Error(`It ended with ${String(code)}: ${stdout}${stderr}`);
  return stdout;
}

const limits: WorkplaceRow["limits"] = { cpu: null, disk: null, memory: "256M", tasks: 100 };

/** The process of the session `work` of a person's agent, which the test has started. */
async function workOf(person: string): Promise<string> {
  const pid = (await must(asAgentOf(person, "tmux display-message -p -t =work: '#{pane_pid}'"))).trim();
  expect(pid).toMatch(/^\d+$/);
  return pid;
}

beforeAll(async () => {
  sandbox = await startSandbox("shared-server");
  server = await bootPreparedServer(sandbox, serverName);
  const printed = await server.apply(marcusLeadsWes);
  expect(printed).toContain("hid: the processes of each account from the others\n");
  const row = (login: string): WorkplaceRow => ({
    agent: `${login}-agent`,
    git: { email: `${login}-agent@example.com`, name: `${login}-agent` },
    limits,
    repositories: {},
  });
  await server.must(
    `${programs}/apply-workplaces`,
    formatDocument({ server: serverName, version: 1, workplaces: { nadia: row("nadia"), wes: row("wes") } }),
  );
  for (const person of ["wes", "nadia"]) {
    await must(asAgentOf(person, "tmux new-session -d -s work 'exec sleep 8000'"));
    await must(
      asAgentOf(
        person,
        `echo of-${person} >/srv/projects/${person}/file; echo of-${person} >/tmp/of-${person}`,
      ),
    );
    await must(as(person, "echo mine >$HOME/file"));
  }
});

afterAll(() => sandbox.remove());

test("applying it again changes nothing", async () => {
  expect(await server.apply(marcusLeadsWes)).toBe("");
});

describe.each([
  ["wes", "nadia", "20310"],
  ["nadia", "wes", "20412"],
])("%s, who shares the server with %s,", (one, other, uid) => {
  const agentUid = String(Number(uid) + 1);
  const everyWay: readonly (readonly [who: string, run: (command: string) => Promise<ProgramResult>])[] = [
    [one, (command) => as(one, command)],
    [`${one}-agent`, (command) => asAgentOf(one, command)],
  ];

  test.each(everyWay)("sees no process of the other as %s, by no means", async (_who, run) => {
    const pid = await workOf(other);
    expect((await server.must(`ps -o user= -p ${pid}`)).trim()).toBe(`${other}-agent`);
    expect(await must(run("ps -eo uid=,pid="))).not.toMatch(new RegExp(`^ *(?:${uid}|${agentUid}|0) `, "m"));
    await mayNot(run(`ls -d /proc/${pid}`));
    await mayNot(run(`cat /proc/${pid}/cmdline`));
    await mayNot(run(`kill -0 ${pid}`));
  });

  test("sees their own", async () => {
    expect(await must(asAgentOf(one, "ps -eo pid="))).toContain(await workOf(one));
  });

  test.each(everyWay)("gets into nothing of the other as %s", async (_who, run) => {
    const closed = [
      `/home/${other}`,
      `/home/${other}-agent`,
      `/srv/projects/${other}`,
      `/run/agents/tmux-${agentUid}`,
    ];
    for (const folder of closed) {
      await mayNot(run(`ls ${folder}/`));
      await mayNot(run(`cat ${folder}/file`));
      await mayNot(run(`touch ${folder}/planted`));
    }
    await mayNot(run(`tmux -S /run/agents/tmux-${agentUid}/default list-sessions`));
    // Made with the umask of the agent, not by its own care.
    await mayNot(run(`cat /tmp/of-${other}`));
    await mayNot(run(`rm -f /tmp/of-${other}`));
  });

  test("works in their own", async () => {
    expect(await must(as(one, `cat /srv/projects/${one}/file $HOME/file`))).toBe(`of-${one}\nmine\n`);
    expect(await must(asAgentOf(one, "tmux list-sessions -F '#{session_name}'"))).toBe("work\n");
  });

  test("may act as no account but their own agent", async () => {
    for (const account of [other, `${other}-agent`, "root", "marcus"]) {
      await mayNot(as(one, `sudo -n -u ${account} id`));
      await mayNot(asAgentOf(one, `sudo -n -u ${account} id`));
    }
    expect(await must(as(one, `sudo -n -u ${one}-agent id -un`))).toBe(`${one}-agent\n`);
  });
});

describe("a lead of one of them", () => {
  test("acts as that one's agent, and as nobody else", async () => {
    expect(await must(as("marcus", "sudo -n -u wes-agent tmux list-sessions -F '#{session_name}'"))).toBe(
      "work\n",
    );
    for (const account of ["nadia-agent", "nadia", "wes", "root"])
      await mayNot(as("marcus", `sudo -n -u ${account} id`));
  });

  test("sees no process of theirs as himself", async () => {
    await mayNot(as("marcus", `ls -d /proc/${await workOf("nadia")}`));
    await mayNot(as("marcus", `ls -d /proc/${await workOf("wes")}`));
  });

  test("is out of the one, and goes on in the other, when one of two grants goes", async () => {
    await server.apply(
      access([
        { lead: "marcus", over: "wes" },
        { lead: "marcus", over: "nadia" },
      ]),
    );
    const [atWes, atNadia] = ["wes", "nadia"].map((person) =>
      server.sessionOf("marcus", ["-tt"], `sudo -n -u ${person}-agent tmux attach -t =work`),
    );
    if (atWes === undefined || atNadia === undefined) throw new Error("unreachable");
    const clients = (person: string): Promise<string> => must(asAgentOf(person, "tmux list-clients"));
    for (const person of ["wes", "nadia"])
      await until(
        async () => (await clients(person)) !== "",
        20,
        () => `Marcus is not attached at ${person}.`,
      );
    const started = Date.now();
    await server.apply(access([{ lead: "marcus", over: "nadia" }]));
    await until(
      () => Promise.resolve(!atWes.isOpen()),
      5,
      () => "Marcus is still with Wes's agent.",
    );
    figure(
      "a lead of two on a shared server is out of one",
      `${((Date.now() - started) / 1000).toFixed(2)} s`,
    );
    expect([atNadia.isOpen(), await clients("wes")]).toEqual([true, ""]);
    await mayNot(as("marcus", "sudo -n -u wes-agent id"));
    expect(await must(as("marcus", "sudo -n -u nadia-agent id -un"))).toBe("nadia-agent\n");
    await atNadia.close();
  });
});

describe("one of the people as lead of the other", () => {
  test("acts as that agent, recorded, with the account and the key that she has anyway", async () => {
    const printed = await server.apply(access([{ lead: "nadia", over: "wes" }]));
    expect(printed).toContain("removed account: marcus");
    expect(await must(as("nadia", "sudo -n -u wes-agent id -un"))).toBe("wes-agent\n");
    expect(await server.must("ls /var/log/sudo-io/nadia")).toContain("wes-agent");
    await mayNot(as("wes", "sudo -n -u nadia-agent id"));
  });

  test("loses it when the grant goes, and nothing else", async () => {
    const own = server.sessionOf("nadia", ["-tt"]);
    await own.waitFor("nadia@dev-shared");
    const other = server.sessionOf("nadia", ["-tt"], "sudo -n -u wes-agent tmux attach -t =work");
    await until(
      async () => (await must(asAgentOf("wes", "tmux list-clients"))) !== "",
      20,
      () => "She is not attached.",
    );
    const mine = await workOf("nadia");
    await server.apply(access([]));
    await until(
      () => Promise.resolve(!other.isOpen()),
      5,
      () => "Nadia is still with Wes's agent.",
    );
    own.type("echo still-$((6*7))");
    await own.waitFor("still-42");
    expect(await workOf("nadia")).toBe(mine);
    await mayNot(as("nadia", "sudo -n -u wes-agent id"));
    expect(await server.must("id -nG nadia")).not.toContain("team-leads");
    await own.close();
  });
});

describe("an agent without measure", () => {
  /** Starts processes until it may not, says how many there were, and keeps them for some seconds. */
  const bomb =
    'import os, time\nn = 0\ntry:\n    while n < 1000:\n        if os.fork() == 0:\n            time.sleep(8)\n            os._exit(0)\n        n += 1\nexcept BlockingIOError:\n    pass\nopen("/srv/projects/wes/count", "w").write(str(n))\ntime.sleep(8)\n';

  test("leaves the others a server on which they work", async () => {
    const before = await workOf("nadia");
    await server.must("cat >/srv/projects/wes/bomb.py", bomb);
    await must(asAgentOf("wes", "tmux new-session -d -s bomb 'python3 /srv/projects/wes/bomb.py'"));
    await until(
      async () => (await server.root("test -s /srv/projects/wes/count")).code === 0,
      30,
      () => "The bomb does not reach its limit.",
    );
    const count = Number(await server.must("cat /srv/projects/wes/count"));
    expect(count).toBeGreaterThan(50);
    expect(count).toBeLessThan(100);
    const started = Date.now();
    expect(await must(asAgentOf("nadia", "tmux new-window -t =work: 'exec sleep 60'; ls / | wc -l"))).toMatch(
      /^\d+\n$/,
    );
    expect(await must(as("nadia", "id -un"))).toBe("nadia\n");
    figure("two logins beside another agent's fork bomb", `${((Date.now() - started) / 1000).toFixed(2)} s`);
    await must(asAgentOf("nadia", "tmux kill-window -t =work:1"));
    expect(await workOf("nadia")).toBe(before);
    await until(
      async () => (await server.root("pgrep -u wes-agent python3")).code !== 0,
      40,
      () => "The bomb does not end.",
    );
  });

  test("is killed for its own memory, and nobody else is", async () => {
    const before = await workOf("nadia");
    await must(
      asAgentOf(
        "wes",
        `tmux new-session -d -s hog 'python3 -c "x = bytearray(600 << 20)"; echo $? >/srv/projects/wes/status'`,
      ),
    );
    await until(
      async () => (await server.root("test -s /srv/projects/wes/status")).code === 0,
      30,
      () => "The hog does not end.",
    );
    expect(await server.must("cat /srv/projects/wes/status")).toBe("137\n");
    expect(await workOf("nadia")).toBe(before);
  });
});

describe("when one of them leaves", () => {
  test("the accounts are closed, and the other's sessions go on", async () => {
    const [hers, his] = [await workOf("nadia"), await workOf("wes")];
    const wes = server.sessionOf("wes", ["-tt"]);
    await wes.waitFor("wes@dev-shared");
    await server.apply(access([], { left: true }));
    expect((await server.root(`test -d /proc/${hers}`)).code).not.toBe(0);
    expect((await as("nadia", "id")).code).toBe(255);
    expect(await workOf("wes")).toBe(his);
    wes.type("echo still-$((6*7))");
    await wes.waitFor("still-42");
    await wes.close();
  });

  test("and, in the second step, archived and removed; the workspace stays, closed", async () => {
    const his = await workOf("wes");
    const printed = await server.apply(accessOn(serverName, [{ login: "wes" }]));
    expect(printed).toContain("removed account: nadia (uid 20310)");
    expect(printed).toContain("removed account: nadia-agent (uid 20311)");
    expect(await server.must("ls /var/lib/team-runtime/archive")).toMatch(/^nadia-20310-.*\.tar\.gz$/m);
    expect((await server.root("id nadia")).code).not.toBe(0);
    expect(await workOf("wes")).toBe(his);
    expect(await server.must("cat /srv/projects/nadia/file")).toBe("of-nadia\n");
    await mayNot(as("wes", "ls /srv/projects/nadia/"));
    await mayNot(asAgentOf("wes", "ls /srv/projects/nadia/"));
  });
});

describe("what the server is like", () => {
  const alone = accessOn(serverName, [{ login: "wes" }]);

  test("the audit finds nothing", async () => {
    const { findings } = JSON.parse(await auditOf(server, alone)) as {
      findings: readonly { item: string }[];
    };
    // The request here names no host software and no networks, so those differ.
    const notAskedFor = /^\/usr\/local\/lib\/team-runtime\/|^\/etc\/team-runtime\/firewall\.nft$/;
    expect(findings.filter(({ item }) => !notAskedFor.test(item))).toEqual([]);
  });

  test("logind knows who is logged in, and people have their runtime folder", async () => {
    const wes = server.sessionOf("wes", ["-tt"]);
    await wes.waitFor("wes@dev-shared");
    expect(await server.must("loginctl list-sessions --no-legend")).toContain("wes");
    await wes.close();
    expect(await must(as("wes", "test -d $XDG_RUNTIME_DIR && echo there"))).toBe("there\n");
  });

  test("who shows the processes again by hand is found and put right", async () => {
    await server.must("mount -o remount,hidepid=0 /proc");
    expect(await auditOf(server, alone)).toContain("hid: the processes of each account from the others");
    await server.apply(alone);
    await mayNot(as("wes", "ls -d /proc/1"));
  });
});
