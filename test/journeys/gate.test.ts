import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { projectRoot } from "../../config/project-root";
import { run, type ProgramResult } from "../../engine/run";
import { timed } from "../support/figure";
import { journeysInstance } from "../support/journeys-instance";
import { developmentTeam, type Team } from "../support/team";
import { readWorkflow, type WorkflowStep } from "../support/workflow";

/**
 * The gate as a pull request meets it: a repository with a team file, a branch that changes it, and the steps of
 * .github/workflows/, run word for word against the sandbox. `gh` and `curl` are stand-ins, which keep what they were told.
 */
let team: Team;
let original = "";
const outside = mkdtempSync(join(tmpdir(), "gate-"));
const at = (name: string): string => join(outside, name);

beforeAll(async () => {
  team = await developmentTeam();
  original = readFileSync(join(team.folder, "team.dev.yaml"), "utf8");
  symlinkSync(join(projectRoot, "engine"), join(team.folder, "engine"));
  program("gh", `printf '%s\\n' "$*" >> ${at("gh.log")}; cp gate.md ${at("comment.md")}`);
  program("curl", "echo exit 0");
  program("pulumi", `exec ${process.execPath} ${join(projectRoot, "dist/sandbox/main.js")} exec pulumi "$@"`);
  writeFileSync(join(team.folder, ".gitignore"), "node_modules\ndist\nengine\ngate.md\npreview.json\n");
  git("init", "--quiet", "--initial-branch=main");
  commit("The team");
});

afterAll(() => {
  team.writeTeamFile(original);
});

function program(name: string, body: string): void {
  mkdirSync(at("bin"), { recursive: true });
  writeFileSync(join(at("bin"), name), `#!/bin/sh\n${body}\n`);
  chmodSync(join(at("bin"), name), 0o755);
}

function git(...words: readonly string[]): string {
  const author = ["-c", "user.name=Test", "-c", "user.email=test@localhost"];
  return execFileSync("git", [...author, ...words], { cwd: team.folder, encoding: "utf8" }).trim();
}

function commit(message: string): void {
  git("add", "--all");
  git("commit", "--quiet", "--message", message);
}

/** A branch whose team file is changed so; the base is the commit before. */
function propose(name: string, change: (text: string) => string): void {
  git("checkout", "--quiet", "--force", "-B", name, "main");
  team.edit(change);
  commit(name);
}

/** What GitHub would put for the expressions of the workflows. */
function expressions(labels: readonly string[]): Readonly<Record<string, string>> {
  return {
    "github.event.pull_request.base.sha": git("rev-parse", "main"),
    "github.event.pull_request.number": "7",
    "toJSON(github.event.pull_request.labels.*.name)": JSON.stringify(labels),
    "vars.TEAM_STACK": "dev",
    "vars.TEAM_STACK || 'dev'": "dev",
    "github.token": "no-token",
  };
}

/** Runs the `run:` steps of a job as GitHub does, and goes on after a failure only where the step says so. */
async function runJob(file: string, job: string, labels: readonly string[] = []): Promise<ProgramResult> {
  const workflow = readWorkflow(file);
  const known = expressions(labels);
  const valuesOf = (env: WorkflowStep["env"]): Record<string, string> =>
    Object.fromEntries(
      Object.entries(env ?? {})
        // The sandbox has its own backend and no secrets.
        .filter(([, value]) => !/secrets\.|PULUMI_BACKEND_URL/.test(value))
        .map(([name, value]) => [
          name,
          value.replace(/\$\{\{ (.*?) \}\}/g, (_, expression: string) => {
            const found = known[expression];
            if (found === undefined) throw new Error(`Nothing is known of ${expression}.`);
            return found;
          }),
        ]),
    );
  let total: ProgramResult = { code: 0, stdout: "", stderr: "" };
  for (const { run: script, env, if: condition } of workflow.jobs[job]?.steps ?? []) {
    if (script === undefined || (total.code !== 0 && condition !== "${{ !cancelled() }}")) continue;
    const { code, stdout, stderr } = await run(
      "bash",
      ["--noprofile", "--norc", "-eo", "pipefail", "-c", script],
      {
        cwd: team.folder,
        env: {
          ...process.env,
          TEAM_RUNTIME_SANDBOX: journeysInstance(),
          PATH: `${at("bin")}:${process.env["PATH"] ?? ""}`,
          GITHUB_STEP_SUMMARY: at("summary.md"),
          GITHUB_PATH: at("path"),
          ...valuesOf(workflow.env),
          ...valuesOf(env),
        },
      },
    );
    total = { code: total.code || code, stdout: total.stdout + stdout, stderr: total.stderr + stderr };
  }
  return total;
}

const comment = (): string => readFileSync(at("comment.md"), "utf8");

describe("a pull request that takes a grant away", () => {
  test("says who loses what, and passes", async () => {
    propose("revoke", (text) => text.replace("  - { lead: marcus, over: wes }\n", ""));
    const { code, stderr } = await runJob("team.yml", "read");
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(code).toBe(0);
    expect(comment()).toContain("- marcus can no longer act as wes-agent on dev-wes.");
    expect(readFileSync(at("gh.log"), "utf8")).toContain("pr comment 7 --edit-last --create-if-none");
    expect(readFileSync(at("summary.md"), "utf8")).toBe(comment());
  });

  test("and its preview does just that", async () => {
    const { code } = await timed("gate of a pull request with its preview, of 3 servers", () =>
      runJob("team.yml", "preview"),
    );
    expect(comment()).toMatch(/^## Preview of the stack `dev`: nothing to refuse\n/);
    expect(code).toBe(0);
    expect(comment()).toContain("**Loses access**\n\n- `marcus can no longer log in to dev-wes as marcus");
    expect(comment()).toContain("- `dev-wes: updated: access (stdin)`");
    expect(comment()).not.toMatch(/Gains access|Servers (?:destroyed|replaced|created)/);
  });

  test("the gate alone is quick", async () => {
    const main = join(projectRoot, "dist", "cli", "main.js");
    const { code } = await timed("team gate of that preview, with the start of Node", () =>
      run(process.execPath, [main, "gate", "preview.json", "--since", "main", "--team", "team.dev.yaml"], {
        cwd: team.folder,
      }),
    );
    expect(code).toBe(0);
  });
});

describe("a pull request that destroys a server", () => {
  beforeAll(() => {
    propose("destroy", (text) =>
      text
        .replace(/ {2}nadia:\n.*\n.*\n/, "  nadia: { left: { on: 2026-11-01, server: destroyed } }\n")
        .replace("  - { lead: marcus, over: nadia }\n", ""),
    );
  });

  test("is refused, and says which server and how to allow it", async () => {
    expect((await runJob("team.yml", "preview")).code).not.toBe(0);
    expect(comment()).toMatch(/^## Preview of the stack `dev`: refused, for 1 reason\n/);
    expect(comment()).toContain("- `dev-nadia`: `the server would be destroyed, with all that is on it.`");
    expect(comment()).toContain("the label allow-destroy:dev-nadia on the pull request");
  });

  test("with the label for that server it passes", async () => {
    expect((await runJob("team.yml", "preview", ["access", "allow-destroy:dev-nadia"])).code).toBe(0);
    expect(comment()).toContain("**Servers destroyed**\n\n- `dev-nadia`");
    expect(await team.cloudHolds("servers")).toBe(3);
  });
});

describe("a pull request with a mistake", () => {
  test("gets every problem with its place, and no preview is taken for one", async () => {
    propose("mistake", (text) =>
      text.replace("over: wes", "over: wse").replace("over: nadia", "over: nadja"),
    );
    const { code, stderr } = await runJob("team.yml", "read");
    expect(code).not.toBe(0);
    expect(stderr.match(/team\.dev\.yaml:\d+:\d+: grants\[\d\]\.over: /g)).toHaveLength(2);
    const preview = await runJob("team.yml", "preview");
    expect(preview.code).not.toBe(0);
    expect(preview.stderr).toContain("The preview failed, so it does not show all that would happen: ");
    expect(comment()).toMatch(/^## Gate: an input is not valid\n\n- `The preview failed/);
  });
});

describe("the audit of every night", () => {
  test("passes where all is as the file says", async () => {
    git("checkout", "--quiet", "--force", "main");
    const { code, stdout, stderr } = await runJob("drift.yml", "audit");
    expect(`${stdout}${stderr}`).toContain("dev-wes: clean");
    expect(code).toBe(0);
  });

  test("fails where a server differs", async () => {
    await team.root("dev-wes", "useradd --create-home intruder");
    try {
      const { code, stdout } = await runJob("drift.yml", "audit");
      expect(code).not.toBe(0);
      expect(stdout).toContain("intruder");
    } finally {
      await team.root("dev-wes", "userdel --remove intruder");
    }
  });
});
