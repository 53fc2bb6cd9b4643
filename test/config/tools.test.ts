import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { formatDocument } from "../../components/canonical-json";
import { renderToolsDocument } from "../../components/tools-document";
import { renderWorkplaceDocument } from "../../components/workplace-document";
import { catalogue, toolOf, versionsOf, type ToolName } from "../../config/catalogue";
import { plan, type ServerPlan } from "../../config/plan";
import { projectRoot } from "../../config/project-root";
import { changed, problemsOf, teamOf } from "./sample";

const agents = "    agents: [claude, codex]\n";
const serverOf = (text: string, name: string): ServerPlan => {
  const found = plan(teamOf(text)).servers.find((server) => server.name === name);
  if (found === undefined) throw new Error(`There is no ${name}.`);
  return found;
};
const toolsOf = (text: string, name = "dev-wes"): readonly string[] =>
  serverOf(text, name).tools.map((tool) => `${tool.name} ${tool.version ?? ""}`.trim());

describe("the tools of a server", () => {
  test("are those of its person, and what installs them", () => {
    expect(toolsOf(changed(agents, "    agents: [claude]\n    tools: [gh]\n"))).toEqual([
      "claude 2.1.332",
      "gh",
      "node 24.19.0",
      "uxon 3.4.0",
    ]);
    expect(toolsOf(changed(agents, "    agents: []\n    tools: [jq]\n"))).toEqual(["jq", "uxon 3.4.0"]);
  });

  test("have the session manager of the team, or none", () => {
    const none = changed("agents: [claude]\n", "agents: []\n  sessionManager: none\n");
    expect(toolsOf(none, "dev-nadia")).toEqual([]);
  });

  test("have the version of the person, else of everybody, else the first of the catalogue", () => {
    const everybody = changed("agents: [claude]\n", "agents: [claude]\n  versions: { claude: 2.1.331 }\n");
    expect(toolsOf(everybody)).toContain("claude 2.1.331");
    expect(toolsOf(everybody, "dev-nadia")).toContain("claude 2.1.331");
    const person = everybody.replace(agents, `${agents}    versions: { claude: 2.1.332 }\n`);
    expect(toolsOf(person)).toContain("claude 2.1.332");
    expect(toolsOf(person, "dev-nadia")).toContain("claude 2.1.331");
  });

  test("and its workplaces are none for somebody who has left: what is there stays", () => {
    expect(serverOf(changed(agents, agents), "dev-kim")).toMatchObject({ tools: [], workplaces: [] });
  });
});

describe("what is wrong in the file is said where it stands", () => {
  const withLine = (line: string): string => changed(agents, `${agents}    ${line}\n`);

  test.each<[what: string, text: string, problem: string]>([
    [
      "a version that the catalogue does not have",
      withLine("versions: { claude: 2.1.330 }"),
      '11:25: people.wes.versions.claude: "2.1.330" is not supported here. Did you mean "2.1.332"?',
    ],
    [
      "a version of what is no tool",
      withLine("versions: { clade: 2.1.332 }"),
      '11:17: people.wes.versions.clade: The key "clade" is not known here. Did you mean "claude"?',
    ],
    [
      "a tool that is an agent's",
      withLine("tools: [claude]"),
      '11:13: people.wes.tools[0]: "claude" is not supported here.',
    ],
    [
      "memory without a unit",
      withLine("limits: { memory: 8 }"),
      '11:23: people.wes.limits.memory: "8" is not an amount of memory.',
    ],
    [
      "too little memory",
      withLine("limits: { memory: 64M }"),
      '11:23: people.wes.limits.memory: "64M" is too little for any agent: below 256M its programs do not start.',
    ],
    [
      "all memory",
      withLine("limits: { memory: 99% }"),
      '11:23: people.wes.limits.memory: "99%" leaves too little, for the agent or for everybody else.',
    ],
    [
      "no processor",
      withLine("limits: { cpus: 0 }"),
      '11:21: people.wes.limits.cpus: "0" is not a number of processors.',
    ],
    [
      "a disk without a unit",
      withLine("limits: { disk: 40 }"),
      '11:21: people.wes.limits.disk: "40" is not an amount of disk.',
    ],
    [
      "too little disk",
      withLine("limits: { disk: 512M }"),
      '11:21: people.wes.limits.disk: "512M" is too little for any agent: below 1G the files of its own programs do not fit.',
    ],
    [
      "all of the disk",
      withLine("limits: { disk: 95% }"),
      '11:21: people.wes.limits.disk: "95%" leaves too little, for the agent or for everybody else.',
    ],
    [
      "too few processes",
      withLine("limits: { tasks: 10 }"),
      '11:22: people.wes.limits.tasks: "10" is not a number of processes that an agent can work with.',
    ],
    [
      "another program's word for a limit",
      withLine("limits: { task: 100 }"),
      '11:15: people.wes.limits.task: The key "task" is not known here. Did you mean "tasks"?',
    ],
    [
      "a repository that runs a command",
      withLine('repositories: ["ext::sh -c id"]'),
      '11:20: people.wes.repositories[0]: "ext::sh -c id" is not the address of a repository.',
    ],
    [
      "a repository with a user",
      withLine("repositories: [https://wes@example.com/a.git]"),
      "11:20: people.wes.repositories[0]: The address has a user or a token in it, which everybody who reads this file or a preview would have.",
    ],
    [
      "two repositories of one name",
      withLine("repositories: [https://example.com/a/web, git@example.com:b/web.git]"),
      "11:47: people.wes.repositories[1]: Two repositories would lie in one folder, web.",
    ],
  ])("%s", (_what, text, problem) => {
    expect(problemsOf(text)).toEqual([problem]);
  });

  test("what is right is read", () => {
    const text = withLine(
      "limits: { memory: 8G, cpus: 1.5, tasks: 500, disk: 40G }\n    repositories: [https://example.com/acme/web.git, ssh://git@example.com:2222/api, git@example.com:acme/cli.git]",
    );
    expect(renderWorkplaceDocument(serverOf(text, "dev-wes")).workplaces).toEqual({
      wes: {
        agent: "wes-agent",
        git: { email: "wes-agent@dev-wes.invalid", name: "wes-agent (agent of wes)" },
        limits: { cpu: 150, disk: "40G", memory: "8G", tasks: 500 },
        repositories: {
          api: "ssh://git@example.com:2222/api",
          cli: "git@example.com:acme/cli.git",
          web: "https://example.com/acme/web.git",
        },
      },
    });
    expect(renderWorkplaceDocument(serverOf(text, "dev-nadia")).workplaces["nadia"]?.limits).toEqual({
      cpu: null,
      disk: null,
      memory: "75%",
      tasks: 4096,
    });
  });
});

/** Proves what a reviewer reads in a preview. The host's own reader gets it in test/journeys/tools. */
test("the tools document", async () => {
  const text = changed(agents, "    agents: [claude]\n    tools: [gh]\n");
  await expect(formatDocument(renderToolsDocument(serverOf(text, "dev-wes")))).toMatchFileSnapshot(
    "../golden/dev-wes.tools.json",
  );
});

describe("the catalogue", () => {
  test.each(Object.keys(catalogue) as ToolName[])("has for %s nothing without a hash", (name) => {
    const tool = toolOf(name);
    // Eternal Terminal comes from where a setting of the stack says, which has its hash.
    if (tool.kind === "apt" || name === "et") return;
    expect(versionsOf(name).length).toBeGreaterThan(0);
    for (const [version, release] of Object.entries(tool.releases)) {
      const text = JSON.stringify(release);
      expect(text).toContain(version);
      expect(text).toMatch(/sha512-[A-Za-z0-9+/]{86}==|[0-9a-f]{64}/);
    }
  });

  test("is what docs/tools.md lists", () => {
    const page = readFileSync(join(projectRoot, "docs", "tools.md"), "utf8");
    for (const name of Object.keys(catalogue)) expect(page).toContain(`\`${name}\``);
  });
});
