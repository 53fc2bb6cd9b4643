import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { run } from "../run";

/** How the tests of one file ended. */
export interface TestOutcome {
  /** Names of the tests that passed; of Python's tests only their number is known. */
  readonly passed: readonly string[];
  /** Names of the tests that failed, in their order. */
  readonly failed: readonly string[];
  /** Why the file could not be run as it should: it did not load, or its preparation failed. */
  readonly broken?: string;
}

/**
 * Runs a test file of the copy of the clone in `folder`, up to its first failure where the runner can stop there.
 *
 * @param only A part of the names of the tests that are run; not for Python's, which take no time.
 */
export async function runTest(folder: string, file: string, only?: string): Promise<TestOutcome> {
  return file.endsWith(".py") ? runUnittest(folder, file) : runVitest(folder, file, only);
}

interface VitestReport {
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

async function runVitest(folder: string, file: string, only: string | undefined): Promise<TestOutcome> {
  const report = join(folder, "mutant-report.json");
  rmSync(report, { force: true });
  const { stdout, stderr } = await run(
    process.execPath,
    [
      join("node_modules", "vitest", "vitest.mjs"),
      "run",
      "--bail=1",
      "--reporter=json",
      `--outputFile.json=${report}`,
      ...(only === undefined ? [] : ["-t", only.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")]),
      file,
    ],
    // Under CI a new snapshot is a failure, and not written.
    { cwd: folder, env: { ...process.env, CI: "true" } },
  );
  let results: VitestReport["testResults"];
  try {
    results = (JSON.parse(readFileSync(report, "utf8")) as VitestReport).testResults;
  } catch {
    return { passed: [], failed: [], broken: lastLines(`${stdout}${stderr}`) };
  }
  const tests = results.flatMap(({ assertionResults }) => assertionResults);
  const named = (wanted: string): readonly string[] =>
    tests.filter(({ status }) => status === wanted).map(({ fullName }) => fullName.trim());
  const outcome = { passed: named("passed"), failed: named("failed") };
  const message = results.map((result) => result.message).join(" ");
  // When a preparation fails, no test is run; vitest says why on standard error only.
  const isBroken = outcome.failed.length === 0 && (outcome.passed.length === 0 || message.trim() !== "");
  return isBroken ? { ...outcome, broken: lastLines(`${stdout}${stderr}${message}`) } : outcome;
}

async function runUnittest(folder: string, file: string): Promise<TestOutcome> {
  const { code, stderr } = await run("python3", ["-B", "-m", "unittest", file], { cwd: folder });
  // A file that does not load is reported as a test of the loader's.
  const names = [...stderr.matchAll(/^(?:FAIL|ERROR): (\S+) \((?!unittest\.loader)/gm)];
  const failed = [...new Set(names.map(([, name = ""]) => name))];
  const count = Number(/^Ran (\d+) test/m.exec(stderr)?.[1] ?? 0);
  const passed = Array.from(
    { length: Math.max(0, count - failed.length) },
    (_, index) => `test ${index + 1}`,
  );
  const isBroken = code !== 0 && failed.length === 0;
  return isBroken ? { passed, failed, broken: lastLines(stderr) } : { passed, failed };
}

function lastLines(text: string): string {
  return text.trim().split("\n").slice(-8).join(" | ").slice(-500);
}
