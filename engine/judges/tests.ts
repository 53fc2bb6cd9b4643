import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../config/project-root";
import { run } from "../run";
import type { Judge, Verdict } from "./judge";
import { runHeld, runShown } from "./program";

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numFailedTestSuites: number;
  readonly success: boolean;
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
    const code = await runProgram(process.execPath, [
      join(projectRoot, "node_modules", "vitest", "vitest.mjs"),
      "run",
      ...shelves.map((shelf) => `--project=${shelf}`),
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${report}`,
      ...patterns,
    ]);
    const result = JSON.parse(await readFile(report, "utf8")) as VitestReport;
    // A file that could not even be loaded has no tests in it, yet it is a failure.
    const failed = Math.max(result.numFailedTests, code === 0 && result.success ? 0 : 1);
    return { passed: result.numPassedTests, failed };
  } catch {
    return { passed: 0, failed: 1 };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

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
    const failed = [...stderr.matchAll(/(?:failures|errors)=(\d+)/g)].reduce(
      (sum, [, n]) => sum + Number(n),
      0,
    );
    if (code === 0 && count > 0) return { passed: count, failed: 0 };
    return { passed: Math.max(0, count - failed), failed: Math.max(1, failed) };
  },
};
