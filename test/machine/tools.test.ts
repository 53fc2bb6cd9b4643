import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formatDocument } from "../../components/canonical-json";
import type { ToolRow, ToolsDocument } from "../../components/tools-document";
import { catalogue } from "../../config/catalogue";
import type { ProgramResult } from "../../engine/run";
import { timed } from "../support/figure";
import { startSandbox, type TestSandbox } from "../support/sandbox";
import { until } from "../support/until";
import { bootPreparedServer, wesLedByMarcus, type PreparedServer } from "./prepared-server";

const serverName = "dev-wes";
const installer = "/usr/local/lib/team-runtime/apply-tools";

let sandbox: TestSandbox;
let server: PreparedServer;

beforeAll(async () => {
  sandbox = await startSandbox("tools");
  server = await bootPreparedServer(sandbox, serverName);
  await server.apply(wesLedByMarcus(serverName));
});

afterAll(() => sandbox.remove());

const common = { people: ["wes"], debianPackages: [] };
const { packages, programs } = catalogue.node.releases["24.19.0"];
const node: ToolRow = {
  ...common,
  kind: "pip",
  version: "24.19.0",
  check: ["node", "--version"],
  packages,
  programs,
};
const tqdm: ToolRow = {
  ...common,
  kind: "pip",
  version: "4.67.1",
  check: ["tqdm", "--version"],
  packages: { "tqdm==4.67.1": ["26445eca388f82e72884e0d580d5464cd801a3ea01e63e5601bdff9ba6a48de2"] },
  programs: { tqdm: "bin/tqdm" },
};
const integrityOfJson5 = {
  "2.2.2": "sha512-46Tk9JiOL2z7ytNQWFLpj99RZkVgeHf87yGQKsIkaPz1qSH9UczKH1rO7K3wgRselo0tYMUNfecYpm/p1vC7tQ==",
  "2.2.3": "sha512-XmOWe7eyHYH14cLdVPoyg+GOH3rYX++KpzrylJwSW98t3Nk+U8XOl8FWKOgwtzdb8lXGf6zYwDUzeHMWfxasyg==",
};

/** A small real package of the npm registry, in place of an agent's hundreds of megabytes. */
function json5(version: keyof typeof integrityOfJson5, integrity = integrityOfJson5[version]): ToolRow {
  const release = {
    packages: { [`json5@${version}`]: integrity },
    programs: { json5: "node_modules/json5/lib/cli.js" },
  };
  return {
    ...common,
    kind: "npm",
    version,
    check: ["json5", "--version"],
    architectures: { aarch64: release, x86_64: release },
  };
}

const jq: ToolRow = { ...common, kind: "apt", check: ["jq", "--version"], packages: ["jq"] };
/** Was there before, and belongs to the machine. */
const tmux: ToolRow = { ...common, kind: "apt", check: ["tmux", "-V"], packages: ["tmux"] };

async function run(tools: ToolsDocument["tools"], ...options: string[]): Promise<ProgramResult> {
  const document: ToolsDocument = { server: serverName, terminal: "ssh", tools, version: 1 };
  return server.root([installer, ...options].join(" "), formatDocument(document));
}

/** Applies tools, which must succeed. Returns the lines that were printed. */
async function apply(tools: ToolsDocument["tools"]): Promise<readonly string[]> {
  const { code, stdout, stderr } = await run(tools);
  if (code !== 0) throw new Error(`apply-tools ended with ${String(code)}: ${stdout}${stderr}`);
  return stdout.split("\n").filter((line) => line !== "");
}

const asAgent = (command: string): Promise<ProgramResult> =>
  server.as("wes", `sudo -n -u wes-agent ${command}`);

describe("tools of every kind", () => {
  const all = { node, tqdm, json5: json5("2.2.2"), jq, tmux };

  test("are installed, one line for each change", async () => {
    expect(await timed("tools: node, and four small ones", () => apply(all))).toEqual([
      expect.stringMatching(/^installed package: jq 1\./),
      "installed: jq",
      "installed: node 24.19.0",
      "switched: /usr/local/bin/node to node 24.19.0",
      "switched: /usr/local/bin/npm to node 24.19.0",
      "switched: /usr/local/bin/npx to node 24.19.0",
      "installed: tqdm 4.67.1",
      "switched: /usr/local/bin/tqdm to tqdm 4.67.1",
      "installed: json5 2.2.2",
      "switched: /usr/local/bin/json5 to json5 2.2.2",
    ]);
  });

  test("run as the person and as the agent", async () => {
    expect((await server.as("wes", "json5 --version")).stdout).toBe("2.2.2\n");
    expect((await asAgent("json5 --version")).stdout).toBe("2.2.2\n");
    expect((await asAgent("tqdm --version")).stdout).toBe("4.67.1\n");
    expect((await asAgent("jq --version")).stdout).toMatch(/^jq-/);
    expect((await asAgent("npm --version")).code).toBe(0);
  });

  test("cannot be changed by the agent, nor by a person", async () => {
    for (const who of [(command: string) => server.as("wes", command), asAgent]) {
      for (const path of [
        "/opt/team-runtime/tools/json5/2.2.2/node_modules/json5/lib/cli.js",
        "/usr/local/bin/json5",
      ])
        expect((await who(`rm -f ${path}`)).code).not.toBe(0);
      expect((await who("touch /opt/team-runtime/tools/json5/x")).code).not.toBe(0);
    }
    expect(await server.must("find /opt/team-runtime ! -user root -o ! -type l -perm /022 | head -n 5")).toBe(
      "",
    );
  });

  test("are told not to update themselves", async () => {
    expect((await asAgent("printenv DISABLE_AUTOUPDATER")).stdout).toBe("1\n");
    const pid = await server.must("systemctl show --property=MainPID --value agent-tmux@wes-agent");
    expect(await server.must(`tr '\\0' '\\n' </proc/${pid.trim()}/environ`)).toContain(
      "DISABLE_AUTOUPDATER=1\n",
    );
  });

  test("are left alone by a second run and by a check", async () => {
    expect(await apply(all)).toEqual([]);
    expect(await run(all, "--check")).toMatchObject({ code: 0, stdout: "" });
  });
});

describe("an upgrade", () => {
  const before = { node, tqdm, json5: json5("2.2.2"), jq, tmux };
  const after = { ...before, json5: json5("2.2.3") };

  test("is said by a check, which changes nothing", async () => {
    const lines = [
      "installed: json5 2.2.3",
      "switched: /usr/local/bin/json5 to json5 2.2.3",
      "removed: json5 2.2.2",
    ];
    expect(await run(after, "--check")).toMatchObject({ code: 1, stdout: `${lines.join("\n")}\n` });
    expect((await asAgent("json5 --version")).stdout).toBe("2.2.2\n");
    expect(await apply(after)).toEqual(lines);
    expect((await asAgent("json5 --version")).stdout).toBe("2.2.3\n");
  });

  test("goes back the same way", async () => {
    await apply(before);
    expect((await asAgent("json5 --version")).stdout).toBe("2.2.2\n");
  });

  test.each([1, 2, 3])("is completed by the next run when one is killed after step %i", async (step) => {
    await apply(before);
    await server.must(`echo ${String(step)} >/run/team-runtime/stop-after-step`);
    expect((await run(after)).code).not.toBe(0);
    await apply(after);
    expect((await asAgent("json5 --version")).stdout).toBe("2.2.3\n");
    expect(await server.must("ls /opt/team-runtime/tools/json5")).toBe("2.2.3\n");
  });

  test("starts afresh where a run died in the middle of an installation", async () => {
    await server.must("cd /opt/team-runtime/tools/json5/2.2.3 && rm -r definition.json node_modules");
    expect(await apply(after)).toEqual(["installed: json5 2.2.3"]);
  });
});

describe("a tool that cannot be had", () => {
  const wrong = json5("2.2.2", integrityOfJson5["2.2.3"]);

  test("is named with its person and server; the others are installed, and the former version stays", async () => {
    await apply({ node, json5: json5("2.2.3") });
    const { code, stdout, stderr } = await run({ node, tqdm, json5: wrong });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^json5 2\.2\.2 for wes on dev-wes was not installed: .*EINTEGRITY.*\n$/);
    expect(stderr).toContain("The version of json5 that was there before stays in use.");
    expect(stdout).toContain("installed: tqdm 4.67.1\n");
    expect((await asAgent("json5 --version")).stdout).toBe("2.2.3\n");
  });

  test("is tried again by the next run", async () => {
    await apply({ node, tqdm, json5: json5("2.2.2") });
    expect((await asAgent("json5 --version")).stdout).toBe("2.2.2\n");
    expect(await server.must("ls /opt/team-runtime/tools/json5")).toBe("2.2.2\n");
  });

  test("is refused when it is not the version that it is said to be", async () => {
    const release = {
      packages: { "json5@2.2.2": integrityOfJson5["2.2.2"] },
      programs: { json5: "node_modules/json5/lib/cli.js" },
    };
    const lie: ToolRow = {
      ...json5("2.2.3"),
      kind: "npm",
      version: "9.9.9",
      architectures: { aarch64: release, x86_64: release },
    };
    const { code, stderr } = await run({ node, tqdm, json5: lie });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /json5 9\.9\.9 for wes on dev-wes .*`json5 --version` ended with status 0 and said '2\.2\.2'/,
    );
  });

  test("does not take the place of a program that somebody put there, nor of one of the system", async () => {
    await apply({ node, tqdm });
    await server.must("echo mine >/usr/local/bin/json5");
    const { code, stderr } = await run({ node, tqdm, json5: json5("2.2.2") });
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining("/usr/local/bin/json5 is there and was not made by"),
    ]);
    expect(await server.must("cat /usr/local/bin/json5; rm /usr/local/bin/json5")).toBe("mine\n");
    const release = {
      packages: { "json5@2.2.2": integrityOfJson5["2.2.2"] },
      programs: { sudo: "node_modules/json5/lib/cli.js" },
    };
    const thief: ToolRow = {
      ...json5("2.2.2"),
      kind: "npm",
      version: "2.2.2",
      check: ["sudo"],
      architectures: { aarch64: release, x86_64: release },
    };
    expect((await run({ node, tqdm, json5: thief })).stderr).toContain(
      "/usr/bin/sudo is a program of this system",
    );
    expect(await server.must("ls -A /usr/local/bin")).not.toContain("sudo");
  });

  test("never keeps an access document waiting", async () => {
    await server.must(
      "systemd-run --quiet --unit=slow-download flock /run/team-runtime/tools-lock sleep 300",
    );
    try {
      const isHeld = "! flock --nonblock /run/team-runtime/tools-lock true";
      await until(
        async () => (await server.root(isHeld)).code === 0,
        10,
        () => "Nobody holds the lock.",
      );
      // Under the machine's own lock this would fail.
      await server.apply(wesLedByMarcus(serverName));
      await server.must(isHeld);
    } finally {
      await server.must("systemctl stop slow-download");
    }
  });
});

describe("a tool that nobody wants any more", () => {
  test("goes, with what was installed for it, and nothing that was there before", async () => {
    await apply({ node, tqdm, jq, tmux });
    expect(await apply({ node, tqdm })).toEqual(["removed package: jq"]);
    expect(await server.must("command -v tmux")).toBe("/usr/bin/tmux\n");
  });

  test("stays on the disk while somebody runs it", async () => {
    await asAgent("tmux new-session -d -s meter 'sleep 300 | tqdm'");
    await until(
      async () => (await server.root("pgrep -f bin/tqdm")).code === 0,
      10,
      () => "tqdm does not run.",
    );
    const { stdout, stderr } = await run({ node });
    expect(stdout).toBe("removed: /usr/local/bin/tqdm\n");
    expect(stderr).toMatch(/^kept: \/opt\/team-runtime\/tools\/tqdm\/4\.67\.1, because it is in use/);
    await asAgent("tmux kill-session -t meter");
    await until(
      async () => (await server.root("pgrep -f bin/tqdm")).code === 1,
      10,
      () => "tqdm does not end.",
    );
    expect(await apply({ node })).toEqual(["removed: tqdm 4.67.1"]);
  });

  test("and with the last of them, everything", async () => {
    await apply({});
    expect(await server.must("ls -A /opt/team-runtime/tools /usr/local/bin")).toBe(
      "/opt/team-runtime/tools:\n\n/usr/local/bin:\n",
    );
  });
});
