import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { runTeam } from "../../cli/program";
import { projectRoot } from "../../config/project-root";
import { readWorkflow, workflowFolder, type Workflow } from "../support/workflow";

/** The workflows, read as an attacker and as a stranger who copies them. test/journeys/gate.test.ts runs their steps. */
const files = readdirSync(workflowFolder);
const workflows = files.map((file) => [file, readWorkflow(file)] as const);
const fork = "github.event.pull_request.head.repo.full_name == github.repository";

interface Step {
  readonly file: string;
  readonly job: Workflow["jobs"][string];
  readonly step: Workflow["jobs"][string]["steps"][number];
}

const steps: readonly Step[] = workflows.flatMap(([file, { jobs }]) =>
  Object.values(jobs).flatMap((job) => job.steps.map((step) => ({ file, job, step }))),
);

test("there are workflows with steps", () => {
  expect(files).toEqual(["drift.yml", "team.yml"]);
  expect(steps.length).toBeGreaterThan(10);
});

describe("every workflow", () => {
  test.each(workflows)(
    "%s may read the repository, and no more unless a job says so",
    (_file, { permissions, jobs }) => {
      expect(permissions).toEqual({ contents: "read" });
      for (const job of Object.values(jobs)) {
        for (const [scope, level] of Object.entries(job.permissions ?? {}))
          expect([`contents: read`, `pull-requests: write`]).toContain(`${scope}: ${level}`);
        const comments = job.steps.some(({ run }) => run?.startsWith("gh pr comment") === true);
        expect(job.permissions?.["pull-requests"] === "write").toBe(comments);
      }
    },
  );

  test.each(workflows)("%s is never run with the rights of the base for code of a fork", (_file, { on }) => {
    expect(Object.keys(on)).not.toContain("pull_request_target");
    expect(Object.keys(on)).not.toContain("workflow_run");
  });

  test.each(workflows)("%s uses no action but checkout, and says why by which version", (file) => {
    const lines = readFileSync(join(workflowFolder, file), "utf8").split("\n");
    for (const [index, line] of lines.entries()) {
      if (!line.includes("uses:")) continue;
      expect(line).toMatch(/uses: actions\/checkout@v[0-9]+$/);
      expect(lines[index - 1]).toMatch(/# By major version/);
    }
  });
});

describe("every step", () => {
  test("gives values to a script by its environment only: a title or a label is anybody's text", () => {
    for (const { step } of steps) expect(step.run ?? "").not.toContain("${{");
  });

  test("keeps no credentials in the checkout", () => {
    const checkouts = steps.filter(({ step }) => step.uses !== undefined);
    expect(checkouts).toHaveLength(3);
    for (const { step } of checkouts) expect(step.with).toMatchObject({ "persist-credentials": false });
  });

  test("with a secret is out of reach for a pull request from a fork", () => {
    const secret = steps.filter(({ job, step }) => JSON.stringify([job.env, step.env]).includes("secrets."));
    expect(secret.length).toBeGreaterThan(1);
    for (const { file, job } of secret) {
      expect(job.environment).toBeDefined();
      if (file === "team.yml") expect(job.if).toContain(fork);
    }
    expect(JSON.stringify(readWorkflow("team.yml").jobs["read"])).not.toContain("secrets.");
  });

  test("that writes a comment does not run for a fork, whose token may not", () => {
    for (const { job, step } of steps) {
      if (step.run?.startsWith("gh ") === true) expect(`${job.if ?? ""} ${step.if ?? ""}`).toContain(fork);
    }
  });

  test("runs in a shell that knows its commands", () => {
    const known =
      /^(?:npm run -s (?:team|build)\b|pulumi (?:preview|refresh) |gh pr comment |cat gate\.md >> |curl -fsSL https:\/\/get\.pulumi\.com \||echo "\$HOME\/\.pulumi\/bin" >> )/;
    for (const { step } of steps) {
      for (const line of step.run?.trim().split("\n") ?? []) expect(line).toMatch(known);
    }
    expect(existsSync(join(projectRoot, "package.json"))).toBe(true);
  });

  test("installs the Pulumi that this project is built for", () => {
    const { dependencies } = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as {
      dependencies: Record<string, string>;
    };
    const installs = steps.flatMap(({ step }) => /--version (\S+)/.exec(step.run ?? "")?.[1] ?? []);
    expect(installs).toEqual([dependencies["@pulumi/pulumi"], dependencies["@pulumi/pulumi"]]);
  });
});

describe("every `team` command in them", () => {
  const commands = steps.flatMap(({ step }) =>
    [...(step.run ?? "").matchAll(/npm run -s team -- (.*)/g)].map(([, words = ""]) => words),
  );
  let help: ReadonlyMap<string, string>;

  beforeAll(async () => {
    const names = [...new Set(commands.map((command) => command.split(" ")[0] ?? ""))];
    help = new Map(await Promise.all(names.map(async (name) => [name, await helpOf(name)] as const)));
  });

  test("exists, with all its options", () => {
    expect(commands).toHaveLength(3);
    for (const command of commands) {
      const [name = ""] = command.split(" ");
      for (const option of command.match(/--[a-z-]+/g) ?? [])
        expect(help.get(name)).toMatch(new RegExp(`^ +${option}\\b`, "m"));
    }
  });
});

test("a pull request starts the gate when, and only when, it touches a team file", () => {
  const { on } = readWorkflow("team.yml");
  expect(on).toEqual({
    pull_request: {
      types: ["opened", "reopened", "synchronize", "labeled", "unlabeled"],
      paths: ["team.*.yaml"],
    },
  });
});

test("the audit runs by a schedule", () => {
  const { schedule } = readWorkflow("drift.yml").on as { schedule: readonly { readonly cron: string }[] };
  expect(schedule).toHaveLength(1);
  expect(schedule[0]?.cron).toMatch(/^[0-9]{1,2} [0-9]{1,2} \* \* \*$/);
});

test("the example of CODEOWNERS names what is there", () => {
  const lines = readFileSync(join(projectRoot, "docs", "CODEOWNERS.example"), "utf8").split("\n");
  const patterns = lines.flatMap((line) => (line.startsWith("#") || line === "" ? [] : [line.split(/ +/)]));
  expect(patterns.length).toBeGreaterThan(5);
  for (const [pattern = "", ...owners] of patterns) {
    expect(owners.length).toBeGreaterThan(0);
    for (const owner of owners) expect(owner).toMatch(/^@[a-z-]+\/[a-z-]+$/);
    if (pattern === "*") continue;
    const parts = pattern.split("/").filter((part) => part !== "");
    const name = parts.at(-1) ?? "";
    const form = new RegExp(`^${name.replaceAll(".", "\\.").replaceAll("*", ".*")}$`);
    expect(
      readdirSync(join(projectRoot, ...parts.slice(0, -1))).some((file) => form.test(file)),
      pattern,
    ).toBe(true);
  }
});

async function helpOf(name: string): Promise<string> {
  let text = "";
  const terminal = {
    print: (more: string) => {
      text += more;
    },
    complain: () => undefined,
  };
  const code = await runTeam([name, "--help"], {
    environment: {},
    terminal,
    readServers: () => ({ ok: false, sentence: "No server is asked." }),
  });
  expect(code).toBe(0);
  return text;
}
