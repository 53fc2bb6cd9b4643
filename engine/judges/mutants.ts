import { execFileSync } from "node:child_process";
import { copyClone, type Copy } from "../mutants/copy";
import { needsMachines, readMutants, type Mutant } from "../mutants/mutant";
import { runTest } from "../mutants/run-test";
import { UserError } from "../user-error";
import { projectRoot } from "../../config/project-root";
import type { Judge, Verdict } from "./judge";

/** Which mutants are tried, and what is known about the tests that should catch them. */
export interface MutantChoice {
  readonly mutants: readonly Mutant[];
  /** Whether the tests were seen to pass on the sources as they are. Otherwise that is looked at first. */
  readonly testsPass: boolean;
}

/** All mutants whose tests need no machine, and the first `machines` of the others. */
export function chooseMutants(machines: number): readonly Mutant[] {
  const all = readMutants(projectRoot);
  const onMachines = all.filter(needsMachines).slice(0, machines);
  return all.filter((mutant) => !needsMachines(mutant) || onMachines.includes(mutant));
}

/**
 * Tries known-bad changes of the sources one by one, and sees whether the test that should notice does. Prints which test
 * caught which mutant. A mutant that no test of its file fails under counts as failed, as does one under which the file
 * cannot even be run: that proves nothing about the test.
 */
export function mutantsJudge(choose: () => MutantChoice): Judge {
  return { name: "mutants", run: () => tryMutants(choose()) };
}

async function tryMutants({ mutants, testsPass }: MutantChoice): Promise<Verdict> {
  const copy = copyClone();
  try {
    if (!testsPass) await seeTestsPass(copy, mutants);
    const survivors: string[] = [];
    for (const mutant of mutants) {
      if (!(await tryMutant(copy, mutant))) survivors.push(`mutant not caught: ${mutant.name}`);
    }
    const verdict = { passed: mutants.length - survivors.length, failures: survivors };
    sayCounts(mutants, verdict);
    return verdict;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { passed: 0, failures: [error.message] };
  } finally {
    copy.remove();
  }
}

/** A test that fails anyway would catch everything, and one that is not there nothing. */
async function seeTestsPass(copy: Copy, mutants: readonly Mutant[]): Promise<void> {
  for (const test of new Set(mutants.map((mutant) => mutant.test))) {
    const { passed, failed, broken } = await runTest(copy.folder, test);
    if (failed.length > 0 || passed.length === 0 || broken !== undefined) {
      const why = broken ?? (failed.join(", ") || "there are none");
      throw new UserError(`The tests of ${test} must pass on the sources as they are: ${why}.`);
    }
    const missing = mutants.find(
      (mutant) => mutant.test === test && !passed.some((name) => name.includes(mutant.only ?? "")),
    );
    if (missing !== undefined)
      throw new UserError(`${test} has no test whose name contains "${missing.only ?? ""}".`);
  }
}

async function tryMutant(copy: Copy, mutant: Mutant): Promise<boolean> {
  const { name, test, only } = mutant;
  const started = performance.now();
  const { passed, failed, broken } = await copy.during(mutant, async () => {
    compileIfNeeded(copy, mutant);
    const outcome = await runTest(copy.folder, test, only);
    // A machine that did not come up says nothing about the mutant.
    return outcome.broken === undefined ? outcome : runTest(copy.folder, test, only);
  });
  compileIfNeeded(copy, mutant);
  const [first, ...others] = failed;
  const isCaught = first !== undefined;
  const verdict = isCaught ? "caught" : broken === undefined ? "SURVIVED" : "BROKEN";
  const seconds = `${((performance.now() - started) / 1000).toFixed(1)} s`.padStart(7);
  const more = others.length === 0 ? "" : ` and ${others.length} more`;
  const how = isCaught ? `${first}${more}` : (broken ?? `${passed.length} tests passed`);
  process.stdout.write(`${verdict.padEnd(8)} ${seconds}  ${name}\n${" ".repeat(18)}${test} › ${how}\n`);
  return isCaught;
}

/** Journeys run the compiled program; every other test reads the sources. */
function compileIfNeeded({ folder }: Copy, { test, changes }: Mutant): void {
  if (!test.startsWith("test/journeys/") || !changes.some(({ file }) => file.endsWith(".ts"))) return;
  execFileSync(process.execPath, ["engine/prepare.mjs"], {
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
  });
}

function sayCounts(mutants: readonly Mutant[], { passed }: Verdict): void {
  const all = readMutants(projectRoot).filter(needsMachines).length;
  const machines = mutants.filter(needsMachines).length;
  process.stdout.write(
    `figure: mutants caught: ${passed} of ${mutants.length} tried ` +
      `(${mutants.length - machines} by tests without a machine, ${machines} of ${all} by tests on machines)\n`,
  );
}
