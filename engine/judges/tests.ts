import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { projectRoot } from "../../config/project-root";
import { run } from "../run";
import type { Judge, Verdict } from "./judge";
import { runHeld, runShown } from "./program";

interface VitestReport {
  readonly numPassedTests: number;
  readonly success: boolean;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

/** The vitest tests of some shelves (see `vitest.config.mts`). */
export function vitestJudge(
  name: string,
  shelves: readonly string[],
  patterns: readonly string[] = [],
): Judge {
  return { name, run: () => runVitest(shelves, patterns, runShown) };
}

/** The same, with everything that it prints held back until it ends: for tests that run beside others. */
export function heldVitestJudge(name: string, shelves: readonly string[]): Judge {
  return { name, run: () => runVitest(shelves, [], runHeld) };
}

async function runVitest(
  shelves: readonly string[],
  patterns: readonly string[],
  runProgram: typeof runShown,
): Promise<Verdict> {
  const folder = await mkdtemp(join(tmpdir(), "team-runtime-vitest-"));
  try {
    const report = join(folder, "report.json");
    // What tests leave in the folder for temporary files goes with this one.
    const env = { ...process.env, TMPDIR: folder };
    const options = [
      join(projectRoot, "node_modules", "vitest", "vitest.mjs"),
      "run",
      ...shelves.map((shelf) => `--project=${shelf}`),
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${report}`,
      ...patterns,
    ];
    const code = await runProgram(process.execPath, options, env);
    const result = JSON.parse(await readFile(report, "utf8")) as VitestReport;
    const failures = failuresIn(result);
    const isSilent = failures.length === 0 && (code !== 0 || !result.success);
    return {
      passed: result.numPassedTests,
      failures: isSilent ? [`vitest exited with ${String(code)}`] : failures,
    };
  } catch (error) {
    return { passed: 0, failures: [`vitest left no report: ${String(error)}`] };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** One line for each failed test. A file that could not even be loaded has no tests in it, yet it is a failure. */
function failuresIn({ testResults }: VitestReport): readonly string[] {
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(projectRoot, name);
    const failed = assertionResults
      .filter((test) => test.status === "failed")
      .map((test) => `${file} > ${test.fullName}: ${firstLine(test.failureMessages?.[0])}`);
    return failed.length === 0 && status === "failed" ? [`${file}: ${firstLine(message)}`] : failed;
  });
}

const firstLine = (text = ""): string => stripVTControlCharacters(text).split("\n")[0] ?? "";

/** The Python unit tests of the host software. */
export const hostUnitTests: Judge = {
  name: "host software: unit tests",
  run: async () => {
    const { code, stderr, stdout } = await run(
      "python3",
      ["-B", "-m", "unittest", "discover", "-s", "test/host", "-t", "."],
      { cwd: projectRoot },
    );
    process.stdout.write(`${stdout}${stderr}`);
    const count = Number(/^Ran (\d+) test/m.exec(stderr)?.[1] ?? 0);
    if (code === 0 && count > 0) return { passed: count, failures: [] };
    const failures = [...stderr.matchAll(/^(?:FAIL|ERROR): (.*)/gm)].map(
      ([, name = ""]) => `test/host: ${name}`,
    );
    if (failures.length === 0)
      return { passed: 0, failures: [`test/host: unittest exited with ${String(code)}`] };
    return { passed: Math.max(0, count - failures.length), failures };
  },
};
