import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { projectRoot } from "../../config/project-root";
import { startYamlEditor, type YamlEditor } from "../support/yaml-editor";
import { changed, keyLine, p256KeyLine, validText } from "./sample";

/** Proves what a person sees who edits a team file in VS Code: with the language server itself, and the schema that the first line names. */
let editor: YamlEditor;

beforeAll(async () => {
  editor = await startYamlEditor();
});
afterAll(() => editor.close());

const firstLine = "# yaml-language-server: $schema=./config/team.schema.json\n";
let files = 0;
/** A team file in the project's folder that is open in the editor and on no disk. */
const unsaved = (): string => join(projectRoot, `team.unsaved-${String((files += 1))}.yaml`);

const committed = execFileSync(
  "git",
  ["ls-files", "--cached", "--others", "--exclude-standard", "*team*.yaml"],
  {
    cwd: projectRoot,
    encoding: "utf8",
  },
)
  .trim()
  .split("\n");

describe("the team files of this repository", () => {
  test("are some", () => {
    expect(committed).toEqual(expect.arrayContaining(["team.dev.yaml", "examples/fifteen/team.yaml"]));
  });

  test.each(committed)("%s names the schema, and nothing in it is marked", async (file) => {
    const text = readFileSync(join(projectRoot, file), "utf8");
    expect(text).toMatch(/^# yaml-language-server: \$schema=\S*config\/team\.schema\.json\n/);
    expect(await editor.open(join(projectRoot, file), text)).toEqual([]);
  });
});

describe("what is right is not marked", () => {
  test.each([
    ["every kind of entry", validText],
    ["a key with its enclave", changed(keyLine("wes"), `{ key: '${p256KeyLine}', enclave: tpm }`)],
    ["the policy of keys", changed("agents: [claude]\n", "agents: [claude]\n  keyPolicy: hardware\n")],
  ])("%s", async (_what, text) => {
    expect(await editor.open(unsaved(), firstLine + text)).toEqual([]);
  });
});

describe("what is wrong is marked where it stands", () => {
  test.each([
    ["a key that is not known", changed("    uid: 3000", "    uidd: 3000"), 19, /uidd/],
    ["a mode that there is not", changed("mode: watch", "mode: look"), 30, /attach.*watch/s],
    [
      "an enclave that there is not",
      changed(keyLine("wes"), `{ key: '${p256KeyLine}', enclave: tmp }`),
      9,
      /enclave|enum|secure/i,
    ],
    [
      "a policy that there is not",
      changed("agents: [claude]\n", "agents: [claude]\n  keyPolicy: hard\n"),
      5,
      /any.*hardware/s,
    ],
    ["a grant without a person", changed("    over: wes\n", ""), 26, /over/],
  ])("%s", async (_what, text, line, message) => {
    const marks = await editor.open(unsaved(), firstLine + text);
    expect(marks.length).toBeGreaterThan(0);
    expect(marks[0]?.message).toMatch(message);
    expect(marks.map((mark) => mark.line)).toContain(line);
  });
});

describe("what may come next is offered", () => {
  test.each([
    ["the parts of the file", "", ["defaults", "people", "grants"]],
    ["what a person has", "people:\n  wes:\n    ", ["keys", "agents", "left", "uid"]],
    ["what a grant has", "grants:\n  - ", ["lead", "over", "mode", "until", "reason"]],
    ["modes", "grants:\n  - mode: ", ["attach", "watch"]],
    ["policies of keys", "defaults:\n  keyPolicy: ", ["any", "hardware"]],
    ["agents", "defaults:\n  agents:\n    - ", ["claude", "codex"]],
  ])("%s", async (_what, text, words) => {
    const offered = await editor.complete(unsaved(), firstLine + text);
    for (const word of words) expect(offered.map((label) => label.replace(/^- /, ""))).toContain(word);
  });
});

test("what a word means is shown", async () => {
  const shown = await editor.hover(unsaved(), `${firstLine}defaults:\n  keyPolicy: hardware\n`, 2, 5);
  expect(shown).toContain("docs/laptop.md");
});
