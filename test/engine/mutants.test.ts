import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { projectRoot } from "../../config/project-root";
import { mutatedFiles, readMutants, type Mutant } from "../../engine/mutants/mutant";
import { runTest } from "../../engine/mutants/run-test";

const mutants = readMutants(projectRoot);
const read = (file: string): string => readFileSync(join(projectRoot, file), "utf8");

describe("the list of mutants", () => {
  test("has a name of its own for each, and a test file that exists", () => {
    expect(mutants.length).toBeGreaterThan(30);
    expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
    for (const mutant of mutants)
      expect([mutant.test, existsSync(join(projectRoot, mutant.test))]).toEqual([mutant.test, true]);
  });

  test.each(mutants.map((mutant): [string, Mutant] => [mutant.name, mutant]))(
    "fits the sources as they are: %s",
    (_name, mutant) => {
      for (const [file, text] of mutatedFiles(mutant, read)) expect(text).not.toBe(read(file));
    },
  );
});

describe("a mutant", () => {
  const mutant = (...changes: Mutant["changes"]): Mutant => ({ name: "m", changes, test: "test/host/x.py" });
  const source = (): string => "one two two";

  test("changes what it says, one change after the other", () => {
    const twice = mutant({ file: "f", from: "one", to: "1" }, { file: "f", from: "1 two", to: "1" });
    expect([...mutatedFiles(twice, source)]).toEqual([["f", "1 two"]]);
  });

  test.each([
    ["nowhere", "three"],
    ["more than once", "two"],
  ])("whose text stands %s is stale", (where, from) => {
    expect(() => mutatedFiles(mutant({ file: "f", from, to: "" }), source)).toThrow(`stands ${where} in f`);
  });
});

describe("a test that is run under a mutant", () => {
  const folder = mkdtempSync(join(tmpdir(), "mutants-"));
  const file = (body: string): string => {
    writeFileSync(
      join(folder, "test_it.py"),
      `import unittest\n\nclass T(unittest.TestCase):\n    def test_it(self): ${body}\n    def test_other(self): pass\n`,
    );
    return "test_it.py";
  };
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test("is named when it fails, and does not count when it passes", async () => {
    expect(await runTest(folder, file("self.assertTrue(False)"))).toMatchObject({ failed: ["test_it"] });
    const { passed, failed, broken } = await runTest(folder, file("pass"));
    expect([passed.length, failed, broken]).toEqual([2, [], undefined]);
  });

  test("proves nothing when its file does not load", async () => {
    const { failed, broken } = await runTest(folder, file("pass\n  broken"));
    expect(failed).toEqual([]);
    expect(broken).toContain("IndentationError");
  });
});
