import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import { formatDocument } from "../../components/canonical-json";
import { renderSshConfig } from "../../components/ssh-client-config";
import { renderToolsDocument } from "../../components/tools-document";
import { plan, type ServerPlan } from "../../config/plan";
import { projectRoot } from "../../config/project-root";
import { loadStack } from "../../config/stack-plan";
import { openingOf, type TerminalName } from "../../config/terminals";
import { changed, keyLine, problemsOf, teamOf, validText } from "./sample";

const agents = "  agents: [claude]\n";
const withTerminal = (terminal: string): string => changed(agents, `${agents}  terminal: ${terminal}\n`);
const package_ = {
  version: "7.0.0",
  architectures: { x86_64: { url: "https://example.com/et_7.0.0_amd64.deb", sha256: "ab".repeat(32) } },
};

function serverOf(text: string, name: string): ServerPlan {
  const found = plan(teamOf(text)).servers.find((server) => server.name === name);
  if (found === undefined) throw new Error(`There is no ${name}.`);
  return found;
}

describe("the team's terminal", () => {
  test("is ssh alone when nothing is said", () => {
    expect(plan(teamOf(validText)).terminal).toBe("ssh");
    expect(plan(teamOf(withTerminal("ssh")))).toEqual(plan(teamOf(validText)));
  });

  test.each(["mosh", "et"] as const)("%s is a tool of every server, but not of a leaver's", (terminal) => {
    for (const name of ["dev-wes", "dev-nadia", "dev-marcus"]) {
      const server = serverOf(withTerminal(terminal), name);
      expect([server.terminal, server.tools.map((tool) => tool.name)]).toEqual([
        terminal,
        expect.arrayContaining([terminal]) as unknown,
      ]);
    }
    expect(serverOf(withTerminal(terminal), "dev-kim")).toMatchObject({ terminal: "ssh", tools: [] });
  });

  test("is one of three, and where it stands is said", () => {
    expect(problemsOf(withTerminal("telnet"))).toEqual([
      '4:13: defaults.terminal: "telnet" is not supported here.',
    ]);
    expect(problemsOf(withTerminal("[et]"))).toHaveLength(1);
    const ofOnePerson = changed("    agents: [claude, codex]\n", "    terminal: mosh\n");
    expect(problemsOf(ofOnePerson)).toEqual([
      expect.stringMatching(/people\.wes\.terminal: The key "terminal" is not known here\./),
    ]);
  });

  test("is no tool that a person could list", () => {
    for (const tool of ["mosh", "et"])
      expect(problemsOf(changed("    agents: [claude, codex]\n", `    tools: [${tool}]\n`))).toHaveLength(1);
  });
});

describe("what a reviewer reads", () => {
  test.each(["mosh", "et"] as const)("the tools document with %s", async (terminal) => {
    const text = withTerminal(terminal).replace("    agents: [claude, codex]\n", "    agents: []\n");
    const document = renderToolsDocument({ ...serverOf(text, "dev-wes"), sessionManager: "none" }, package_);
    const { [terminal]: row } = document.tools;
    await expect(
      formatDocument({ ...document, tools: row === undefined ? {} : { [terminal]: row } }),
    ).toMatchFileSnapshot(`../golden/dev-wes.${terminal}.tools.json`);
  });

  test.each(["mosh", "et"] as const)("the lead's ssh config with %s", async (terminal) => {
    const at = { address: "192.0.2.11", hostKey: keyLine("host") };
    const { config } = renderSshConfig("marcus", serverOf(withTerminal(terminal), "dev-marcus"), at);
    await expect(config).toMatchFileSnapshot(`../golden/dev-marcus.${terminal}.ssh_config`);
  });
});

describe("a team that chooses et", () => {
  test("is told at once when the stack does not say where it comes from", async () => {
    const folder = mkdtempSync(join(tmpdir(), "terminals-"));
    const file = join(folder, "team.yaml");
    writeFileSync(file, withTerminal("et"));
    await pulumi.runtime.setMocks({ newResource: ({ name }) => ({ id: name, state: {} }), call: () => ({}) });
    const settings = {
      "hcloud:token": "sandbox-".repeat(8),
      "hcloud:endpoint": "http://127.77.1.1:7780/v1",
      "team-runtime:deployKey": readFileSync(join(projectRoot, "sandbox", "laptops", "deploy"), "utf8"),
      "team-runtime:teamFile": file,
    };
    pulumi.runtime.setAllConfig(settings);
    expect(() => loadStack(undefined)).toThrow(
      /^team-runtime:eternalTerminal: The team file says `terminal: et`, and where its package comes from is not set\. Fix: Run `pulumi config set --path team-runtime:eternalTerminal\.version 7\.0\.0 && /,
    );
    const { version, architectures } = package_;
    pulumi.runtime.setAllConfig({
      ...settings,
      "team-runtime:eternalTerminal": JSON.stringify({ version, ...architectures }),
    });
    expect(loadStack(undefined)).toMatchObject({
      plan: { terminal: "et" },
      settings: { eternalTerminal: package_ },
    });
    rmSync(folder, { recursive: true });
  });
});

/** Proves that the two firewalls, and what mosh is told, speak of the same ports. */
test.each<[terminal: TerminalName, module: string]>([
  ["mosh", "mosh"],
  ["et", "eternal_terminal"],
])("the provider's firewall opens for %s what the server's own does", (terminal, module) => {
  const opening = openingOf(terminal);
  const host = (...path: readonly string[]): string =>
    readFileSync(join(projectRoot, "host", ...path), "utf8");
  const source = host("team_host", `${module}.py`).replace("{PORT}", "2022");
  expect(source).toContain(`"${opening?.protocol ?? ""} dport ${opening?.port ?? ""} accept"`);
  if (terminal === "et") expect(source).toContain("PORT = 2022");
  else expect(host("bin", "mosh-server")).toContain(`"${opening?.port.replace("-", ":") ?? ""}"`);
});
