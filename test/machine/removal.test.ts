import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSandbox, type TestSandbox } from "../support/sandbox";
import { until } from "../support/until";
import { accessOn } from "./access-on-server";
import { openBystanders, type Bystanders } from "./lock-out/bystanders";
import { installPrograms, programOnServer } from "./lock-out/programs";
import { bootPreparedServer, type PreparedServer } from "./prepared-server";

const [wes, olga] = [{ login: "wes" }, { login: "olga" }];
const leads = [
  { lead: "nadia", over: "wes" },
  { lead: "marcus", over: "wes" },
];
const archives = "/var/lib/team-runtime/archive";

let sandbox: TestSandbox;
let server: PreparedServer;
let bystanders: Bystanders;

beforeAll(async () => {
  sandbox = await startSandbox("removal");
  server = await bootPreparedServer(sandbox, "dev-wes");
  await installPrograms(server);
  await server.apply(accessOn("dev-wes", [wes, olga], leads));
  await server.must("runuser -u wes-agent -- env TMUX_TMPDIR=/run/agents tmux new-session -d -s work");
  bystanders = await openBystanders(server, async () =>
    (await server.must("systemctl show -p MainPID --value agent-tmux@wes-agent")).trim(),
  );
});
afterAll(async () => {
  await sandbox.remove();
});

/** Everything by which an account of this login could go on, all of it deaf or quick: it fights back. */
async function makeStubborn(login: string): Promise<void> {
  const lines = [
    `setsid -f ${programOnServer("deaf")}`,
    `setsid -f ${programOnServer("forks")}`,
    programOnServer("disguised"),
    `${programOnServer("eternal-terminal")} /tmp/${login}-terminal ${programOnServer("deaf")}`,
    `echo '* * * * * ${programOnServer("deaf")}' | crontab -`,
    "mkdir -p ~/.config/systemd/user",
    `printf '[Service]\\nExecStart=${programOnServer("deaf")}\\nRestart=always\\nRestartSec=0\\n' > ~/.config/systemd/user/back.service`,
    "echo notes > ~/notes; ln -s /etc/shadow ~/link; mkfifo ~/pipe; echo x > ~/$'new\\nline'; chmod 000 ~/notes",
    `echo theirs > /var/tmp/of-${login}`,
  ];
  for (const line of lines) {
    const quoted = `'cd; ${line.replaceAll("'", "'\\''")}'`;
    // What goes on must not hold the pipes to this test.
    await server.must(`runuser -u ${login} -- bash -c ${quoted} < /dev/null > /dev/null 2>&1`);
  }
  await server.must(
    `loginctl enable-linger ${login} && systemctl start user@$(id -u ${login}) && ` +
      `runuser -u ${login} -- env XDG_RUNTIME_DIR=/run/user/$(id -u ${login}) systemctl --user start back`,
  );
  await until(
    async () => Number(await server.must(`pgrep -c -u ${login} -f deaf`)) >= 3,
    20,
    () => `Not everything of ${login} runs.`,
  );
}

/** Where in the applier's output each of these begins; all must be there. */
function places(output: string, ...parts: readonly RegExp[]): readonly number[] {
  return parts.map((part) => {
    const place = output.split("\n").findIndex((line) => part.test(line));
    expect(place, `${String(part)} in ${output}`).toBeGreaterThanOrEqual(0);
    return place;
  });
}

const ascending = (numbers: readonly number[]): readonly number[] =>
  [...numbers].sort((one, other) => one - other);

/** The archive of that home, which must be root's alone and hold everything as it was. */
async function expectArchive(login: string, uid: number): Promise<void> {
  const name = (await server.must(`ls ${archives} | grep '^${login}-${String(uid)}-.*\\.tar\\.gz$'`)).trim();
  expect(await server.must(`stat -c '%a %U %G' ${archives} ${archives}/${name}`)).toBe(
    "700 root root\n600 root root\n",
  );
  const listing = await server.must(`tar --numeric-owner -tvzf ${archives}/${name}`);
  expect(listing).toMatch(new RegExp(`^---------- .*${String(uid)}.* ${login}/notes$`, "m"));
  expect(listing).toMatch(new RegExp(`^l.* ${login}/link -> /etc/shadow$`, "m"));
  expect(listing).toMatch(new RegExp(`^p.* ${login}/pipe$`, "m"));
  expect(await server.must(`tar -xzOf ${archives}/${name} ${login}/notes`)).toBe("notes\n");
  for (const other of ["wes", "wes-agent", "nadia", "deploy"]) {
    expect((await server.root(`runuser -u ${other} -- cat ${archives}/${name}`)).code).not.toBe(0);
  }
}

/** Nothing of the account is left to run, now or later. */
async function expectNothingRuns(login: string, uid: number): Promise<void> {
  expect((await server.root(`pgrep -u ${String(uid)}`)).stdout).toBe("");
  const later = `ls /var/spool/cron/crontabs/${login} /var/lib/systemd/linger/${login}`;
  expect((await server.root(later)).stdout).toBe("");
}

describe("a lead who is no longer in the document", () => {
  let output: string;

  beforeAll(async () => {
    const terminal = server.sessionOf("marcus", ["-tt"], `sudo -n -u wes-agent ${programOnServer("deaf")}`);
    await terminal.waitFor("ready");
    await server.as("marcus", `sudo -n -u wes-agent ${programOnServer("forks")}`);
    await makeStubborn("marcus");
    output = await server.apply(accessOn("dev-wes", [wes, olga], leads.slice(0, 1)));
    await until(
      () => Promise.resolve(!terminal.isOpen()),
      5,
      () => "His terminal is open.",
    );
  });

  it("loses everything in order: rule, keys, login, what is open as the agent, what waits, all else, and last the account", () => {
    const order = places(
      output,
      /^removed grant: marcus as wes-agent$/,
      /^removed keys: marcus$/,
      /^closed account: marcus$/,
      /^ended: marcus's command as wes-agent /,
      /^removed scheduled work of marcus: .*crontabs.*linger/,
      /^ended: everything of marcus /,
      /^removed account: marcus \(uid 20300\)$/,
    );
    expect(order).toEqual(ascending(order));
  });

  it("has nothing that runs, now or later, however much it fought back", async () => {
    await expectNothingRuns("marcus", 20300);
    const inHisSessions =
      "for p in $(grep -ls user-20300.slice $(ls -d /proc/[0-9]*/cgroup) | cut -d/ -f3); do ps -o stat=,args= $p; done";
    expect((await server.root(`${inHisSessions} | grep -v '^Z'`)).stdout).toBe("");
  });

  it("has his home archived for root alone, and then no home, account or group", async () => {
    await expectArchive("marcus", 20300);
    expect(
      (await server.root("ls -d /home/marcus /home/.marcus*; getent passwd marcus; getent group marcus"))
        .stdout,
    ).toBe("");
    expect(await server.must("ls /home")).toBe("deploy\nnadia\nolga\nolga-agent\nwes\nwes-agent\n");
  });

  it("has disturbed nobody", async () => {
    expect(await bystanders.disturbances()).toEqual([]);
  });
});

describe("a person with a server who leaves", () => {
  it("has nothing that runs, and keeps account, home and agent", async () => {
    await makeStubborn("olga");
    await makeStubborn("olga-agent");
    const output = await server.apply(accessOn("dev-wes", [wes, { ...olga, left: true }], leads.slice(0, 1)));
    const order = places(
      output,
      /^removed grant: olga as olga-agent$/,
      /^removed keys: olga$/,
      /^closed account: olga$/,
      /^stopped: the tmux server of olga-agent$/,
      /^ended: everything of olga /,
      /^ended: everything of olga-agent /,
    );
    expect(order).toEqual(ascending(order));
    await expectNothingRuns("olga", 20500);
    await expectNothingRuns("olga-agent", 20501);
    expect((await server.as("olga", "true")).code).toBe(255);
    expect(await server.must("id -u olga olga-agent; cat /home/olga/notes")).toBe("20500\n20501\nnotes\n");
  });

  it("is archived and removed with the agent once the document does not name them", async () => {
    const output = await server.apply(accessOn("dev-wes", [wes], leads.slice(0, 1)));
    const order = places(
      output,
      /^removed account: olga \(uid 20500\)$/,
      /^removed account: olga-agent \(uid 20501\)$/,
    );
    expect(order).toEqual(ascending(order));
    await expectArchive("olga", 20500);
    await expectArchive("olga-agent", 20501);
    expect(await server.must("ls /home")).toBe("deploy\nnadia\nwes\nwes-agent\n");
  });

  it("has disturbed nobody", async () => {
    expect(await bystanders.disturbances()).toEqual([]);
  });
});

describe("files that they had elsewhere", () => {
  it("stay, and belong to an account that nobody can become", async () => {
    const files = "/var/tmp/of-marcus /var/tmp/of-olga /var/tmp/of-olga-agent";
    expect(await server.must(`cat ${files}; stat -c %U:%G ${files} | uniq`)).toBe(
      "theirs\ntheirs\ntheirs\nteam-left:team-left\n",
    );
    expect(await server.must("find / -xdev -nouser -o -xdev -nogroup")).toBe("");
  });
});
