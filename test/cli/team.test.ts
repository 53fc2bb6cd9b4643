import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runTeam } from "../../cli/program";
import { parseStackServers, type StackServers } from "../../cli/stack-servers";
import { keyLine, validText } from "../config/sample";

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const stack = (): StackServers =>
  parseStackServers(
    JSON.stringify({
      "dev-wes": { address: "192.0.2.11", hostKey: keyLine("host") },
      "dev-marcus": { address: "192.0.2.13", hostKey: keyLine("host") },
    }),
  );

/** Runs `team` as from a shell, with what a stack would answer. */
async function team(
  words: readonly string[],
  readServers: () => StackServers = stack,
  environment: NodeJS.ProcessEnv = {},
): Promise<Outcome> {
  const written = { out: "", err: "" };
  const terminal = {
    print: (text: string) => {
      written.out += text;
    },
    complain: (text: string) => {
      written.err += text;
    },
  };
  const code = await runTeam(words, { environment, terminal, readServers });
  return { code, ...written };
}

let folder: string;
let valid: string;
let invalid: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "team-"));
  valid = join(folder, "valid.yaml");
  invalid = join(folder, "invalid.yaml");
  // The real clock is used here, so nothing in the file may end.
  writeFileSync(valid, validText.replace("    until: 2026-12-31T23:59:59Z\n", ""));
  writeFileSync(invalid, "peopel: {}\ngrants: [{ lead: marcsu }]\n");
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("team check", () => {
  test("a valid file: 0, and what is in it", async () => {
    expect(await team(["check", "--team", valid])).toEqual({
      code: 0,
      out: `${valid}: 3 people, 2 leavers, 2 grants, no problems.\n`,
      err: "",
    });
  });

  test("a file with problems: 2, all of them on standard error and nothing else", async () => {
    const { code, out, err } = await team(["check", "--team", invalid]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err.trimEnd().split("\n")).toEqual([
      `${invalid}:1:1: peopel: The key "peopel" is not known here. Did you mean "people"? Fix: Use one of "defaults", "gitHosts", "servers", "people", "grants".`,
      `${invalid}:1:1: people: The key "people" is missing. Fix: Add it, with a mapping as its value.`,
      `${invalid}:2:10: grants[0].over: The key "over" is missing. Fix: Add it, with text as its value.`,
      `${invalid}:2:18: grants[0].lead: "marcsu" is not in people. Fix: Write the login of a person of this file, or add the person.`,
    ]);
  });

  test("a warning: 0, and the warning on standard error", async () => {
    const file = join(folder, "warning.yaml");
    writeFileSync(
      file,
      `${validText.replace("    until: 2026-12-31T23:59:59Z\n", "")}  - { lead: wes, over: marcus }\n`,
    );
    const { code, err } = await team(["check", "--team", file]);
    expect(code).toBe(0);
    expect(err).toBe(
      `${file}:25:5: grants[0]: warning: "marcus" and "wes" lead each other. Fix: Nothing, if it is meant.\n`,
    );
  });

  test("no file: 2", async () => {
    const file = join(folder, "none.yaml");
    const { code, err } = await team(["check", "--team", file]);
    expect(code).toBe(2);
    expect(err).toContain(`${file}:1:1: (file): There is no such file.`);
  });

  test("without --team, the committed team; with PULUMI_STACK, the one of that stack", async () => {
    expect(await team(["check"])).toMatchObject({
      code: 0,
      out: expect.stringMatching(
        /^team\.dev\.yaml: 3 people, 2 grants, no problems\. It has throw-away keys/,
      ) as unknown,
    });
    const { err } = await team(["check"], stack, { PULUMI_STACK: "example/team-runtime/prod" });
    expect(err).toContain("team.prod.yaml:1:1: (file): There is no such file.");
  });
});

describe("team render", () => {
  test("the document as it would be sent, with null for what is not known yet", async () => {
    const { code, out, err } = await team(["render", "dev-wes", "--team", valid]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    await expect(out).toMatchFileSnapshot("../golden/dev-wes-late.access.json");
  });

  test("an unknown server: 2, with the known ones", async () => {
    expect(await team(["render", "dev-wse", "--team", valid])).toEqual({
      code: 2,
      out: "",
      err: 'The team file has no server "dev-wse". Did you mean "dev-wes"? Fix: use one of dev-kim, dev-marcus, dev-nadia, dev-wes.\n',
    });
  });

  test("the server of a leaver whose server is destroyed: 2", async () => {
    expect(await team(["render", "dev-lou", "--team", valid])).toMatchObject({ code: 2, out: "" });
  });

  test("a file with problems: 2, and no document", async () => {
    expect(await team(["render", "dev-wes", "--team", invalid])).toMatchObject({ code: 2, out: "" });
  });
});

describe("team ssh-config", () => {
  test("both parts, each with where it goes", async () => {
    const { code, out } = await team(["ssh-config", "wes", "--team", valid]);
    expect(code).toBe(0);
    expect(out).toMatch(/^# ---- ~\/\.ssh\/config: paste at its top ----\n/);
    expect(out).toContain(
      "\n# ---- ~/.ssh/team-runtime-known-hosts: paste instead of what is there ----\ndev-wes ssh-ed25519 ",
    );
  });

  test("one part, as the file itself", async () => {
    const config = await team(["ssh-config", "wes", "--team", valid, "--config"]);
    const knownHosts = await team(["ssh-config", "wes", "--team", valid, "--known-hosts"]);
    await expect(config.out).toMatchFileSnapshot("../golden/dev-wes.ssh_config");
    await expect(knownHosts.out).toMatchFileSnapshot("../golden/dev-wes.known_hosts");
  });

  test("with the place of a key that ssh does not look for by itself", async () => {
    const { out } = await team([
      ...["ssh-config", "wes", "--team", valid, "--config"],
      ...["--identity", "~/.ssh/id_ecdsa.pub", "--agent", "/run/user/1000/ssh-tpm-agent.sock"],
    ]);
    expect(out).toContain('  IdentityFile "~/.ssh/id_ecdsa.pub"\n');
    expect(out).toContain('  IdentityAgent "/run/user/1000/ssh-tpm-agent.sock"\n');
    expect(out).not.toContain("unusual name");
  });

  test.each<[what: string, words: readonly string[], readServers: () => StackServers, message: string]>([
    [
      "an unknown person",
      ["ssh-config", "wse"],
      stack,
      'The team has no active person "wse". Did you mean "wes"? Fix: use one of marcus, nadia, wes.',
    ],
    ["a leaver", ["ssh-config", "kim"], stack, 'The team has no active person "kim".'],
    [
      "a server that is not there yet",
      ["ssh-config", "nadia"],
      stack,
      "The stack has no server dev-nadia yet. Fix: run pulumi up.",
    ],
    [
      "a stack that is not selected",
      ["ssh-config", "wes"],
      () => ({ ok: false, sentence: "No stack. Fix: select one." }),
      "No stack. Fix: select one.",
    ],
    [
      "an output of another form",
      ["ssh-config", "wes"],
      () => parseStackServers('{"dev-wes": "192.0.2.11"}'),
      "does not have the form of this program",
    ],
    [
      "an output that is not JSON",
      ["ssh-config", "wes"],
      () => parseStackServers("error"),
      "does not have the form of this program",
    ],
    [
      "a path that ssh cannot read",
      ["ssh-config", "wes", "--identity", 'a"b'],
      stack,
      '--identity: "a\\"b" has a character that ssh_config cannot hold. Fix: ',
    ],
    [
      "both parts wanted alone",
      ["ssh-config", "wes", "--config", "--known-hosts"],
      stack,
      "cannot be used with option",
    ],
  ])("%s: 2, and nothing to paste", async (_what, words, readServers, message) => {
    const { code, out, err } = await team([...words, "--team", valid], readServers);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(message);
  });

  test("a file with problems is told before the stack is asked", async () => {
    const outcome = await team(["ssh-config", "wes", "--team", invalid], () => {
      throw new Error("The stack was asked.");
    });
    expect(outcome.code).toBe(2);
  });
});

describe("the command line", () => {
  test.each([["check"], ["render"], ["ssh-config"]])("team %s --help shows an example", async (command) => {
    const { code, out } = await team([command, "--help"]);
    expect(code).toBe(0);
    expect(out).toContain(`Example:\n  npm run -s team -- ${command}`);
    // The colors of a terminal would end up in files and pipes.
    expect(out).not.toContain("\u001b");
  });

  test("team --help names every command", async () => {
    const { code, out } = await team(["--help"]);
    expect(code).toBe(0);
    for (const command of ["check", "render", "ssh-config"]) expect(out).toContain(`  ${command} `);
  });

  test.each<[words: readonly string[], message: string]>([
    [["chekc"], "Unknown command 'chekc'. Did you mean check? Fix: see npm run -s team -- --help"],
    [
      ["check", "--tema", "x"],
      "Unknown option '--tema'. Did you mean --team? Fix: see npm run -s team -- --help",
    ],
    [["check", "--team"], "Option '--team <file>' argument missing. Fix: see npm run -s team -- --help"],
    [["render"], "Missing required argument 'server'. Fix: see npm run -s team -- --help"],
    [["check", "x", "y"], "Too many arguments for 'check'."],
  ])("%j: 2, and a sentence", async (words, message) => {
    const { code, out, err } = await team(words);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(message);
    expect(err.trimEnd().split("\n")).toHaveLength(1);
  });

  test("no command: 2, and the help on standard error", async () => {
    const { code, out, err } = await team([]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain("Usage: team");
  });
});
