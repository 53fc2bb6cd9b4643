import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { projectRoot } from "../../config/project-root";
import { brokenInvariants } from "../../invariants/index";
import { developmentSettings, recordProgram, type RecordedProgram } from "../support/record-program";

const package_ = {
  version: "7.0.0",
  x86_64: { url: "https://example.com/et_7.0.0_amd64.deb", sha256: "ab".repeat(32) },
};

let recorded: RecordedProgram;

beforeAll(async () => {
  const file = join(mkdtempSync(join(tmpdir(), "terminal-")), "team.dev.yaml");
  const committed = readFileSync(join(projectRoot, "team.dev.yaml"), "utf8");
  writeFileSync(file, committed.replace(/^defaults:\n/m, "defaults:\n  terminal: et\n"));
  recorded = await recordProgram("dev", {
    ...developmentSettings(),
    "team-runtime:teamFile": file,
    "team-runtime:sshFrom": '["0.0.0.0/0"]',
    "team-runtime:eternalTerminal": JSON.stringify(package_),
  });
});

const inputsOf = (name: string): Readonly<Record<string, unknown>> =>
  recorded.stack.resources.find((resource) => resource.name === name)?.inputs ?? {};

/** Proves what changes with the team's terminal: the firewall, what is shown of each server, and its tools. */
test("the dev team with et", () => {
  expect(inputsOf("team")["rules"]).toEqual([
    { direction: "in", protocol: "tcp", port: "22", sourceIps: ["0.0.0.0/0"] },
    { direction: "in", protocol: "tcp", port: "2022", sourceIps: ["0.0.0.0/0"] },
    expect.objectContaining({ protocol: "icmp" }),
  ]);
  for (const server of ["dev-marcus", "dev-nadia", "dev-wes"])
    expect(JSON.parse(String(inputsOf(`${server}-tools`)["stdin"]))).toMatchObject({
      terminal: "et",
      tools: { et: { kind: "deb", version: "7.0.0", architectures: { x86_64: package_.x86_64 } } },
    });
});

test("breaks no invariant, although the world may reach its port", () => {
  expect(brokenInvariants(recorded.stack)).toEqual([]);
});

test("gives the same access to the letter", () => {
  const expected = JSON.parse(
    readFileSync(join(projectRoot, "test", "expected", "dev.json"), "utf8"),
  ) as readonly { readonly name: string; readonly inputs: Readonly<Record<string, unknown>> }[];
  const documents = expected.filter(({ name }) => name.endsWith("-access"));
  expect(documents).toHaveLength(3);
  for (const { name, inputs } of documents) {
    const sent: unknown = JSON.parse(String(inputsOf(name)["stdin"]));
    expect(sent).toEqual(typeof inputs["stdin"] === "string" ? JSON.parse(inputs["stdin"]) : inputs["stdin"]);
  }
});
