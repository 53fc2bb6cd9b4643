import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formatDocument } from "../../components/canonical-json";
import type { WorkplaceDocument, WorkplaceRow } from "../../components/workplace-document";
import type { ProgramResult } from "../../engine/run";
import { startSandbox, type TestSandbox } from "../support/sandbox";
import type { Terminal } from "../support/terminal";
import { until } from "../support/until";
import { bomb, hog, runInAgentsTmux } from "./greedy-programs";
import { bootPreparedServer, wesLedByMarcus, type PreparedServer } from "./prepared-server";

const serverName = "dev-wes";
const applier = "/usr/local/lib/team-runtime/apply-workplaces";

let sandbox: TestSandbox;
let server: PreparedServer;

beforeAll(async () => {
  sandbox = await startSandbox("workplaces");
  server = await bootPreparedServer(sandbox, serverName);
  await server.apply(wesLedByMarcus(serverName));
});

afterAll(() => sandbox.remove());

const git: WorkplaceRow["git"] = { email: "wes-agent@acme.example", name: "wes-agent (agent of wes)" };
const small: WorkplaceRow["limits"] = { cpu: 50, disk: null, memory: "256M", tasks: 100 };

async function run(
  workplaces: WorkplaceDocument["workplaces"],
  ...options: string[]
): Promise<ProgramResult> {
  const document: WorkplaceDocument = { server: serverName, workplaces, version: 1 };
  return server.root([applier, ...options].join(" "), formatDocument(document));
}

/** Applies a workplace of Wes, which must succeed. Returns the lines that were printed. */
async function apply(row: Partial<WorkplaceRow>): Promise<readonly string[]> {
  const { code, stdout, stderr } = await run(wes(row));
  if (code !== 0) throw new Error(`apply-workplaces ended with ${String(code)}: ${stdout}${stderr}`);
  return stdout.split("\n").filter((line) => line !== "");
}

function wes(row: Partial<WorkplaceRow>): WorkplaceDocument["workplaces"] {
  return { wes: { agent: "wes-agent", git, limits: small, repositories: {}, ...row } };
}

const asWes = (command: string): Promise<ProgramResult> => server.as("wes", command);
const asAgent = (command: string): Promise<ProgramResult> =>
  server.as("wes", `sudo -n -u wes-agent sh -c ${quoted(command)}`);
const asMarcus = (command: string): Promise<ProgramResult> => server.as("marcus", command);
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

const inTmux = (program: string): Promise<string> => runInAgentsTmux(server, program, 60);

describe("limits", () => {
  test("are put in force for what runs already, one line for each change", async () => {
    expect(await apply({})).toEqual([
      "set limits: wes-agent: CPUQuota=50%, MemoryMax=268435456, TasksMax=100",
      "wrote: /etc/security/limits.d/50-team-runtime-wes-agent.conf",
      "made workspace: /srv/projects/wes",
      "wrote: /etc/team-runtime/git/wes-agent",
      "included: /etc/team-runtime/git/wes-agent in the git settings of wes-agent",
    ]);
    const unit = "systemctl show --property=Slice --value agent-tmux@wes-agent";
    expect(await server.must(unit)).toBe("agents-wes-agent.slice\n");
    expect(await apply({})).toEqual([]);
    expect(await run(wes({}), "--check")).toMatchObject({ code: 0, stdout: "" });
  });

  test("leave people four fifths of the memory, whatever they run", async () => {
    const [total, most] = (
      await server.must(
        "awk '/^MemTotal/ { print $2 * 1024 }' /proc/meminfo; systemctl show --property=MemoryMax --value user-20412.slice",
      )
    ).split("\n");
    expect(Number(most) / Number(total)).toBeCloseTo(0.8, 2);
  });

  describe("with Wes at work in a terminal", () => {
    let terminal: Terminal;

    beforeAll(async () => {
      terminal = await server.terminalOf("wes");
      await terminal.waitFor(/wes@dev-wes/);
    });

    afterAll(() => terminal.close());

    const isUsable = async (word: string): Promise<void> => {
      await terminal.type(`echo $((6*7))-${word}`);
      await terminal.waitFor(new RegExp(`42-${word}`), 10);
      expect((await asWes("id -un")).stdout).toBe("wes\n");
    };

    test("a fork bomb in the agent's sessions stops at the limit", async () => {
      const running = inTmux(bomb);
      await until(
        async () => (await server.root("test -s /tmp/program.out")).code === 0,
        30,
        () => "The bomb does not reach its limit.",
      );
      await isUsable("bomb");
      const [status, count] = (await running).split("\n");
      expect(status).toBe("0");
      expect(Number(count)).toBeGreaterThan(50);
      expect(Number(count)).toBeLessThan(100);
    });

    test("and one that is started by sudo as well", async () => {
      await server.root("cat >/tmp/program.py", bomb);
      const running = asAgent("python3 /tmp/program.py");
      await isUsable("sudo-bomb");
      const count = Number((await running).stdout);
      expect(count).toBeGreaterThan(50);
      expect(count).toBeLessThan(100);
    });

    test("what takes too much memory in the agent's sessions is killed, and the tmux server stays", async () => {
      const tmux = "systemctl show --property=MainPID --value agent-tmux@wes-agent";
      const before = await server.must(tmux);
      expect(await inTmux(hog)).toMatch(/^137\n/);
      expect(await server.must(tmux)).toBe(before);
      await isUsable("hog");
    });

    test("and what is started by sudo, by the limit of the person", async () => {
      await server.must("systemctl set-property --runtime user-20412.slice MemoryMax=300M");
      await server.root("cat >/tmp/program.py", hog);
      const { code, stdout } = await asAgent("python3 /tmp/program.py");
      expect([code, stdout]).toEqual([137, ""]);
      await isUsable("sudo-hog");
      await server.must("systemctl revert user-20412.slice");
    });
  });

  test("are changed and taken away while the agent works", async () => {
    expect(await apply({ limits: { cpu: 150, disk: null, memory: "1G", tasks: 500 } })).toHaveLength(2);
    expect(await apply({ limits: { cpu: null, disk: null, memory: "75%", tasks: 4096 } })).toEqual([
      expect.stringMatching(/^set limits: wes-agent: CPUQuota=infinity, MemoryMax=\d+, TasksMax=4096$/),
      expect.stringMatching(/^wrote: /),
    ]);
    expect(await apply({ limits: { cpu: null, disk: null, memory: "75%", tasks: 4096 } })).toEqual([]);
    expect(await inTmux(hog)).toBe("0\nno limit\n");
  });

  test("cannot be changed by the agent", async () => {
    expect((await asAgent("systemctl set-property agents-wes-agent.slice TasksMax=infinity")).code).not.toBe(
      0,
    );
    expect((await asAgent("sh -c 'ulimit -u unlimited'")).code).not.toBe(0);
  });
});

describe("the workspace", () => {
  const folder = "/srv/projects/wes";

  test.each<
    [
      maker: string,
      make: (command: string) => Promise<ProgramResult>,
      other: (command: string) => Promise<ProgramResult>,
    ]
  >([
    ["the agent", asAgent, asWes],
    ["Wes", asWes, asAgent],
  ])(
    "what %s makes, the other one may read, change and remove, whatever the umask",
    async (maker, make, other) => {
      const name = `${folder}/of-${maker === "Wes" ? "wes" : "agent"}`;
      expect((await make(`umask 077; mkdir -p ${name}/deep; echo one >${name}/deep/file`)).code).toBe(0);
      expect(
        (await other(`cat ${name}/deep/file; echo two >>${name}/deep/file; touch ${name}/deep/more`)).stdout,
      ).toBe("one\n");
      expect((await make(`cat ${name}/deep/file; rm ${name}/deep/more`)).stdout).toBe("one\ntwo\n");
      expect((await other(`rm -r ${name}`)).code).toBe(0);
    },
  );

  test("is closed to everybody else, a lead's own account included", async () => {
    await asAgent(`echo secret >${folder}/plan; chmod 666 ${folder}/plan`);
    for (const command of [`ls ${folder}`, `cat ${folder}/plan`, `touch ${folder}/x`]) {
      expect((await asMarcus(command)).code).not.toBe(0);
      expect(
        (await server.root(`setpriv --reuid=20999 --regid=20999 --clear-groups ${command}`)).code,
      ).not.toBe(0);
    }
    expect((await asMarcus(`sudo -n -u wes-agent cat ${folder}/plan`)).stdout).toBe("secret\n");
  });

  test("cannot be opened by the two who work in it", async () => {
    for (const who of [asAgent, asWes]) {
      expect((await who(`chmod 777 ${folder}`)).code).not.toBe(0);
      expect((await who(`mv ${folder} /srv/projects/mine`)).code).not.toBe(0);
    }
  });

  test("is closed again when somebody opened it as root, and said by a check", async () => {
    await server.must(`chmod 777 ${folder}`);
    const said = `set access: ${folder}`;
    expect(await run(wes({}), "--check")).toMatchObject({
      code: 1,
      stdout: expect.stringContaining(said) as string,
    });
    expect(await apply({})).toContain(said);
    expect((await asMarcus(`ls ${folder}`)).code).not.toBe(0);
  });

  test("stays with all that is in it when nobody wants it any more", async () => {
    expect(await run({})).toMatchObject({ code: 0, stdout: "" });
    expect((await asWes(`cat ${folder}/plan`)).stdout).toBe("secret\n");
  });
});

describe("repositories", () => {
  const folder = "/srv/projects/wes";
  const url = "file:///srv/git/billing-api.git";

  beforeAll(async () => {
    await server.must(
      [
        "install -d -o wes-agent -g wes-agent /srv/git",
        "cd /srv/git",
        "runuser -u wes-agent -- git init -q --bare -b main billing-api.git",
        "runuser -u wes-agent -- git -c init.defaultBranch=main clone -q billing-api.git work 2>/dev/null",
        "cd work",
        'echo hello >README && git() { runuser -u wes-agent -- git -c user.name=t -c user.email=t@example.com "$@"; }',
        "chown wes-agent README && git add README && git commit -qm first && git push -q origin HEAD:main",
      ].join(" && "),
    );
  });

  test("are cloned once, as the agent, and Wes may read and write there", async () => {
    expect(await apply({ repositories: { "billing-api": url } })).toContain(
      `cloned: ${url} to ${folder}/billing-api`,
    );
    expect(await server.must(`stat -c %U ${folder}/billing-api/README`)).toBe("wes-agent\n");
    expect(
      (await asWes(`cat ${folder}/billing-api/README; echo more >>${folder}/billing-api/README`)).stdout,
    ).toBe("hello\n");
    expect((await asAgent(`cd ${folder}/billing-api && git status --short`)).stdout).toBe(" M README\n");
    expect(await apply({ repositories: { "billing-api": url } })).toEqual([]);
    expect(await server.must(`cat ${folder}/billing-api/README`)).toBe("hello\nmore\n");
  });

  test("are nothing that git runs as Wes, whom the agent could otherwise make run its hooks", async () => {
    const { code, stderr } = await asWes(`cd ${folder}/billing-api && git status`);
    expect([code, stderr]).toEqual([128, expect.stringContaining("dubious ownership")]);
  });

  test("that cannot be had are named, and the others are cloned", async () => {
    const missing = "file:///srv/git/none.git";
    const { code, stdout, stderr } = await run(wes({ repositories: { another: url, none: missing } }));
    expect(code).toBe(1);
    expect(stdout).toContain(`cloned: ${url} to ${folder}/another\n`);
    expect(stderr).toMatch(/^on dev-wes: file:\/\/\/srv\/git\/none\.git could not be cloned: .*\n$/);
    expect(await server.must(`ls -A ${folder}`)).toBe("another\nbilling-api\nplan\n");
  });

  test("take nobody's place", async () => {
    await asAgent(`rm -rf ${folder}/another; echo mine >${folder}/another`);
    expect(await apply({ repositories: { another: url } })).toEqual([]);
    expect(await server.must(`cat ${folder}/another`)).toBe("mine\n");
  });
});
