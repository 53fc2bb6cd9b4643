import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runTeam } from "../../cli/program";
import { readPublicKey } from "../../config/keys";
import { projectRoot } from "../../config/project-root";
import { notKnown, types, type Resource, type StackResources } from "../../invariants/resource";
import { accessTeamText } from "../config/access-sample";
import { securityKeyLine } from "../config/sample";
import { figure } from "../support/figure";
import { previewDigest, urnOf, type RawDigest } from "../support/preview-digest";
import { developmentSettings, recordProgram } from "../support/record-program";

/** `team gate` with previews of the real program's resources; test/journeys/gate.test.ts has those of the real engine. */
let folder = "";
let stack: StackResources;
const teamText = readFileSync(join(projectRoot, "team.dev.yaml"), "utf8");

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "team-gate-"));
  stack = (await recordProgram("dev", developmentSettings())).stack;
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Result {
  readonly code: number;
  readonly printed: string;
  readonly complaints: string;
}

async function gate(...words: readonly string[]): Promise<Result> {
  const said = { printed: "", complaints: "" };
  const code = await runTeam(["gate", ...words], {
    environment: {},
    terminal: {
      print: (text) => {
        said.printed += text;
      },
      complain: (text) => {
        said.complaints += text;
      },
    },
    readServers: () => ({ ok: false, sentence: "No server is asked." }),
  });
  return { code, ...said };
}

function file(name: string, content: string | RawDigest): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

/** The stack after a change of some resources; `undefined` takes one out. */
function changed(edit: (resource: Resource) => Resource | undefined): StackResources {
  return { ...stack, resources: stack.resources.flatMap((resource) => edit(resource) ?? []) };
}

function withInputs(resource: Resource, inputs: Readonly<Record<string, unknown>>): Resource {
  return { ...resource, inputs: { ...resource.inputs, ...inputs } };
}

/** What the program makes of the team file without Marcus's grant over Wes. */
const withoutGrant = (): StackResources =>
  changed((resource) => {
    if (resource.name === "dev-wes/lead-marcus") return undefined;
    if (resource.name !== "dev-wes-access") return resource;
    const document = JSON.parse(String(resource.inputs["stdin"])) as Record<string, Record<string, unknown>>;
    delete document["accounts"]?.["marcus"];
    delete document["keys"]?.["marcus"];
    delete document["sudoers"]?.["marcus as wes-agent"];
    return withInputs(resource, { stdin: JSON.stringify(document) });
  });
const teamWithoutGrant = teamText.replace("  - { lead: marcus, over: wes }\n", "");

const withoutNadia = (): StackResources =>
  changed((resource) =>
    resource.name.startsWith("dev-nadia") || resource.parent === "dev-nadia" ? undefined : resource,
  );
const teamWithoutNadia = teamText
  .replace(/ {2}nadia:\n.*\n.*\n/, "  nadia: { left: { on: 2026-11-01, server: destroyed } }\n")
  .replace("  - { lead: marcus, over: nadia }\n", "");

describe("what may go on", () => {
  test("a preview that changes nothing", async () => {
    const preview = file("same.json", previewDigest(stack, stack));
    const { code, printed } = await gate(preview, "--team", file("team.yaml", teamText));
    expect(code).toBe(0);
    expect(printed).toBe("Preview of the stack dev: nothing to refuse.\n\nThe preview changes nothing.\n");
  });

  test.each([
    ["text", [], "txt"],
    ["Markdown", ["--markdown"], "md"],
    ["JSON", ["--json"], "json"],
  ] as const)("a grant that is taken away, as %s", async (_format, options, extension) => {
    const preview = file("revoke.json", previewDigest(stack, withoutGrant()));
    const team = file("team.yaml", teamWithoutGrant);
    const { code, printed } = await gate(
      preview,
      "--since",
      file("old.yaml", teamText),
      "--team",
      team,
      ...options,
    );
    expect(code).toBe(0);
    await expect(printed).toMatchFileSnapshot(`../golden/gate-revoke.${extension}`);
  });

  test("the team file alone, where there is no preview, as in a fork", async () => {
    const team = file("team.yaml", teamWithoutGrant);
    const { code, printed } = await gate("--since", file("old.yaml", teamText), "--team", team);
    expect(code).toBe(0);
    expect(printed).toMatch(/^Gate: no preview to judge; team file: removes access: 1\.\n/);
    expect(printed).toContain("marcus can no longer act as wes-agent on dev-wes.");
  });
});

describe("keyPolicy: hardware", () => {
  const people = ["wes", "nadia", "marcus"];
  const team = people.reduce(
    (text, login) => text.replace(/ssh-ed25519 AAAA\S+ \w+@laptop/, securityKeyLine(login)),
    teamText.replace("defaults:\n", "defaults:\n  keyPolicy: hardware\n"),
  );
  /** The stack with those keys, with this before each line. */
  const withKeys = (options: string): StackResources =>
    changed((resource) => {
      const login = people.find((one) => resource.name === `dev-${one}-access`);
      if (login === undefined) return resource;
      const document = JSON.parse(String(resource.inputs["stdin"])) as {
        keys: Record<string, Record<string, string>>;
      };
      const reading = readPublicKey(securityKeyLine(login));
      if (!reading.ok) throw new Error(reading.finding.sentence);
      const { type, base64, fingerprint } = reading.value;
      document.keys[login] = { [fingerprint]: `${options}${type} ${base64} ${login}` };
      return withInputs(resource, { stdin: JSON.stringify(document) });
    });

  test("is what the lines must say: each security key verifies its user", async () => {
    const fine = file("fine.json", previewDigest(stack, withKeys("verify-required ")));
    const { code, printed } = await gate(fine, "--team", file("team.yaml", team));
    expect([code, printed.split("\n")[0]]).toEqual([0, "Preview of the stack dev: nothing to refuse."]);
  });

  test("is refused where a line does not ask for it", async () => {
    const loose = file("loose.json", previewDigest(stack, withKeys("")));
    const { code, printed } = await gate(loose, "--team", file("team.yaml", team));
    expect(code).toBe(1);
    expect(printed).toMatch(
      /dev-wes: the security key SHA256:\S+ would open it without its user being verified, although/,
    );
  });
});

describe("a server that is destroyed or replaced", () => {
  const team = (): string => file("team.yaml", teamWithoutNadia);
  const destroyed = (): string => file("destroy.json", previewDigest(stack, withoutNadia()));

  test("needs a permission for that server", async () => {
    const { code, printed } = await gate(destroyed(), "--team", team());
    expect(code).toBe(1);
    expect(printed).toContain(
      "  - dev-nadia: the server would be destroyed, with all that is on it.\n    Fix: ",
    );
    expect((await gate(destroyed(), "--team", team(), "--allow-destroy", "dev-wes")).code).toBe(1);
    expect(
      (await gate(destroyed(), "--team", team(), "--labels", '["allow-destroy:dev-wes", "bug"]')).code,
    ).toBe(1);
    expect((await gate(destroyed(), "--team", team(), "--labels", '["xallow-destroy:dev-nadia"]')).code).toBe(
      1,
    );
  });

  test.each([
    ["an option", ["--allow-destroy", "dev-wes", "--allow-destroy", "dev-nadia"]],
    ["a label", ["--labels", '["bug", "allow-destroy:dev-nadia"]']],
  ])("by %s", async (_by, options) => {
    const { code, printed } = await gate(destroyed(), "--team", team(), ...options);
    expect(code).toBe(0);
    expect(printed).toContain("Servers destroyed (1):\n  - dev-nadia\n");
    expect(printed).toContain("Note: dev-nadia may be destroyed or replaced, by permission.");
  });

  test("a replacement counts as one, in whatever steps it comes", async () => {
    const preview = previewDigest(stack, stack);
    const server = stack.resources.find(({ name, type }) => name === "dev-wes" && type === types.server);
    if (server === undefined) throw new Error("The dev team has no dev-wes.");
    for (const ops of [
      ["create-replacement", "replace", "delete-replaced"],
      ["delete-replaced", "replace"],
    ]) {
      const steps = preview.steps.flatMap((step) =>
        step.urn === urnOf(server, stack) ? ops.map((op) => ({ ...step, op })) : [step],
      );
      const path = file("replace.json", { ...preview, steps, changeSummary: {} });
      const { code, printed } = await gate(path, "--team", file("team.yaml", teamText), "--json");
      expect(code).toBe(1);
      expect(JSON.parse(printed)).toMatchObject({
        refusals: [{ about: "dev-wes", name: "server-replaced" }],
      });
      expect(
        (await gate(path, "--team", file("team.yaml", teamText), "--allow-destroy", "dev-wes")).code,
      ).toBe(0);
    }
  });
});

describe("a preview that does something else than the team file says", () => {
  test("a revocation that is not carried out", async () => {
    const preview = file("same.json", previewDigest(stack, stack));
    const { code, printed } = await gate(preview, "--team", file("team.yaml", teamWithoutGrant));
    expect(code).toBe(1);
    expect(printed).toContain(
      "marcus could act as wes-agent on dev-wes (sudo), and the team file does not say so.",
    );
  });

  test("access that the file gives and the preview does not", async () => {
    const preview = file("revoke.json", previewDigest(stack, withoutGrant()));
    const { code, printed } = await gate(preview, "--team", file("team.yaml", teamText));
    expect(code).toBe(1);
    expect(printed).toContain(
      "marcus could not act as wes-agent on dev-wes (sudo), although the team file says so.",
    );
  });

  test("other terms", async () => {
    const text = teamText.replace("over: wes }", "over: wes, mode: watch }");
    const { code, printed } = await gate(
      file("same.json", previewDigest(stack, stack)),
      "--team",
      file("team.yaml", text),
    );
    expect(code).toBe(1);
    expect(printed).toContain(
      "marcus could act as wes-agent on dev-wes (sudo); by the team file, marcus can watch the sessions of wes-agent on dev-wes (sudo).",
    );
  });
});

test("an invariant that the preview would break", async () => {
  const after = changed((resource) =>
    resource.name === "dev-wes-access" ? withInputs(resource, { triggers: [1] }) : resource,
  );
  const { code, printed } = await gate(
    file("triggers.json", previewDigest(stack, after)),
    "--team",
    file("team.yaml", teamText),
    "--json",
  );
  expect(code).toBe(1);
  expect(JSON.parse(printed)).toMatchObject({
    verdict: "refused",
    refusals: [{ about: "dev-wes-access", name: "commands-have-no-triggers" }],
  });
});

test("a document that only the update knows is told by its accounts and grants, and said to be", async () => {
  const after = changed((resource) =>
    resource.name === "dev-wes-access" ? withInputs(resource, { stdin: notKnown }) : resource,
  );
  const { code, printed } = await gate(
    file("late.json", previewDigest(stack, after)),
    "--team",
    file("team.yaml", teamText),
  );
  expect(code).toBe(0);
  expect(printed).toContain("Note: The exact lines of dev-wes are known only during the update");
});

describe("input that is not valid", () => {
  const good = (): RawDigest => previewDigest(stack, stack);
  test.each<[string, () => string | RawDigest, RegExp]>([
    ["nothing", () => "", /There is no preview: Pulumi printed nothing\. Fix: /],
    ["no JSON", () => "error: no stack selected", /The preview is not JSON\. Fix: /],
    ["a list", () => "[]", /has not the form that Pulumi/],
    [
      "an operation that nobody knows",
      () => ({ ...good(), steps: [{ op: "explode", urn: "", detailedDiff: null }] }),
      /steps\.0\.op/,
    ],
    [
      "a preview that failed",
      () => ({ ...good(), diagnostics: [{ severity: "error", message: "error: no\u001b[31m such\nthing" }] }),
      /The preview failed, so it does not show all that would happen: no \[31m such thing Fix: /,
    ],
    ["a preview that was cut off", () => JSON.stringify({ ...good(), changeSummary: undefined }), /cut off/],
    [
      "a preview without what stays",
      () => ({ ...good(), steps: good().steps.filter(({ urn }) => !urn.includes("dev-wes")) }),
      /leaves out \d+ resources that stay as they are\. Fix: .*--show-sames/,
    ],
    [
      "two stacks",
      () => ({
        ...good(),
        steps: [...good().steps, { op: "create", urn: "urn:pulumi:prod::a::b::c", detailedDiff: null }],
      }),
      /not that of one stack/,
    ],
  ])("%s", async (_what, content, sentence) => {
    const result = await gate(file("bad.json", content()), "--team", file("team.yaml", teamText));
    expect(result.code).toBe(2);
    expect(result.printed).toBe("");
    expect(result.complaints).toMatch(sentence);
    expect(result.complaints).not.toMatch(/\u001b|\n.|at .*\.ts:/);
  });

  test("files that are not there, labels that are none, nothing to judge", async () => {
    const preview = file("same.json", good());
    const team = file("team.yaml", teamText);
    for (const [words, sentence] of [
      [[join(folder, "missing.json"), "--team", team], "There is no file"],
      [[folder, "--team", team], "The preview cannot be read (EISDIR)."],
      [[preview, "--team", join(folder, "missing.yaml")], "There is no such file."],
      [[preview, "--team", team, "--since", "no-such-revision"], "no-such-revision"],
      [
        [preview, "--team", team, "--labels", "allow-destroy:dev-wes"],
        "The labels are not a JSON list of texts.",
      ],
      [["--team", team], "There is nothing to judge"],
    ] as const) {
      const result = await gate(...words);
      expect(result.code, words.join(" ")).toBe(2);
      expect(result.printed).toBe("");
      expect(result.complaints).toContain(sentence);
      expect(result.complaints).toContain("Fix: ");
    }
  });

  test("and says so in a comment too, whose reader sees no standard error", async () => {
    const bad = file(
      "bad.yaml",
      teamText.replace("over: wes", "over: wse").replace("over: nadia", "over: nadja"),
    );
    const { code, printed, complaints } = await gate(
      "--since",
      file("old.yaml", teamText),
      "--team",
      bad,
      "--markdown",
    );
    expect(code).toBe(2);
    expect(printed).toMatch(/^## Gate: an input is not valid\n\n- `.*bad\.yaml:\d+:\d+: .*`\n- `.*`\n$/);
    expect(printed.replaceAll(/^- `|`$/gm, "")).toContain(complaints);
  });

  test("a team file with problems: all of them, and the preview is not judged", async () => {
    const bad = file(
      "bad.yaml",
      teamText.replace("over: wes", "over: wse").replace("over: nadia", "over: nadja"),
    );
    const { code, complaints, printed } = await gate(file("same.json", good()), "--team", bad);
    expect([code, printed]).toEqual([2, ""]);
    expect(complaints.match(/bad\.yaml:\d+:\d+: /g)).toHaveLength(2);
  });
});

describe("what comes from a preview is only shown", () => {
  const hostile = "dev-wes/@all`<script>`**x**\u001b[31m";
  const withHostile = (): RawDigest =>
    previewDigest(stack, {
      ...stack,
      resources: [
        ...stack.resources,
        { ...(stack.resources.find(({ name }) => name === "dev-wes-access") as Resource), name: hostile },
      ],
    });

  test("a name makes no markup and notifies nobody in a comment", async () => {
    const { printed } = await gate(
      file("h.json", withHostile()),
      "--team",
      file("team.yaml", teamText),
      "--markdown",
    );
    expect(printed).toContain("@all");
    const outside = printed.replace(/(`+)[\s\S]*?[^`]\1(?!`)/g, "");
    expect(outside).not.toMatch(/@|<script|\*\*x\*\*/);
  });

  test("no escape sequence reaches the terminal", async () => {
    const { printed } = await gate(file("h.json", withHostile()), "--team", file("team.yaml", teamText));
    expect(printed).toContain("@all");
    expect(printed).not.toContain("\u001b");
  });

  test("a preview of 200 servers fits a comment, and says what it left out", async () => {
    const people = accessTeamText(200);
    const copies = Array.from({ length: 200 }, (_, index) => `dev-person${String(index).padStart(3, "0")}`);
    const many: StackResources = {
      ...stack,
      resources: copies.flatMap((server) =>
        stack.resources
          .filter(({ name, parent }) => name === "dev-wes" || parent === "dev-wes")
          .map((resource) => {
            const name = resource.name.replace("dev-wes", server);
            return resource.parent === undefined
              ? { ...resource, name }
              : { ...resource, name, parent: server };
          }),
      ),
    };
    const preview = file("many.json", previewDigest({ ...stack, resources: [] }, many));
    const started = performance.now();
    const { code, printed } = await gate(preview, "--team", file("many.yaml", people), "--markdown");
    figure(
      "team gate of 200 new servers, without the start of Node",
      `${Math.round(performance.now() - started)} ms`,
    );
    expect(code).toBe(1);
    expect(printed.length).toBeLessThan(65_536);
    expect(printed).toMatch(/… and \d+ more: run `team gate`\./);
  });
});
