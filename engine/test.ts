import { addVerdicts, conclude, runJudges, runJudgesSideBySide, type Judge } from "./judges/judge";
import { chooseMutants, mutantsJudge } from "./judges/mutants";
import { heldVitestJudge, hostUnitTests, vitestJudge } from "./judges/tests";
import { chooseDriver, driverVariable } from "../sandbox/drivers/choose-driver";
import type { Driver } from "../sandbox/drivers/driver";
import { ensureHostTools } from "../sandbox/image/host-tools";
import { lineProgress } from "./progress";
import { runCommand, UserError } from "./user-error";

/**
 * `npm test`: everything that can run here. Arguments are passed on to vitest as file patterns. Where machines cannot be
 * booted it says so loudly; under `CI=true` that is a failure, because nothing may be skipped there.
 */
async function test(): Promise<number> {
  const patterns = process.argv.slice(2);
  if (patterns.length > 0)
    return conclude(await runJudges([vitestJudge("tests", ["pure", "machines", "journeys"], patterns)]));
  const driver = await driverHere();
  // A plain Debian lacks programs that the pure tests call too, such as ssh-keygen.
  if (typeof driver !== "string") {
    await ensureHostTools(lineProgress(), driver.hostTools);
    // For vitest.config.mts, which leaves out what this driver cannot run.
    process.env[driverVariable] = driver.name;
  }
  const pure = await runJudges([hostUnitTests, vitestJudge("pure tests", ["pure"])]);
  if (typeof driver !== "string") {
    // Most of their time is spent waiting for machines, so two at a time take hardly longer than one.
    const machines = await runJudgesSideBySide([
      vitestJudge("journeys on machines of the sandbox", ["journeys"]),
      heldVitestJudge("tests on machines of the sandbox", ["machines"]),
    ]);
    const mutants = await runJudges([mutantsOf(driver.name === "unshare" ? machineMutants : 0)]);
    return conclude([pure, machines, mutants].reduce(addVerdicts));
  }
  process.stdout.write(`\nNOT RUN: the tests on real machines. ${driver}\n`);
  const mutants = await runJudges([mutantsOf(0)]);
  const isCi = (process.env["CI"] ?? "") === "true";
  return conclude(
    [pure, mutants, { passed: 0, failures: isCi ? ["the tests on real machines were not run"] : [] }].reduce(
      addVerdicts,
    ),
  );
}

/** What boots machines here, or why nothing can. */
async function driverHere(): Promise<Driver | string> {
  try {
    return await chooseDriver("test");
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

/** A boot for each; `npm run mutants` tries all of them. */
const machineMutants = Number(process.env["TEAM_RUNTIME_MACHINE_MUTANTS"] ?? "5");

/** The tests that should catch them were run just now. */
function mutantsOf(machines: number): Judge {
  return mutantsJudge(() => ({ mutants: chooseMutants(machines), testsPass: true }));
}

void runCommand(test);
