import { addVerdicts, conclude, runJudges, runJudgesSideBySide } from "./judges/judge";
import { heldVitestJudge, hostUnitTests, vitestJudge } from "./judges/tests";
import { ensureHostTools } from "../sandbox/image/host-tools";
import { lineProgress } from "./progress";
import { runCommand } from "./user-error";

/**
 * `npm test`: everything that can run here. Arguments are passed on to vitest as file patterns. Where machines cannot be
 * booted it says so loudly; under `CI=true` that is a failure, because nothing may be skipped there.
 */
async function test(): Promise<number> {
  const patterns = process.argv.slice(2);
  if (patterns.length > 0)
    return conclude(await runJudges([vitestJudge("tests", ["pure", "machines", "journeys"], patterns)]));
  // A plain Debian lacks programs that the pure tests call too, such as ssh-keygen.
  if (process.getuid?.() === 0) await ensureHostTools(lineProgress());
  const pure = await runJudges([hostUnitTests, vitestJudge("pure tests", ["pure"])]);
  if (process.getuid?.() === 0) {
    // Most of their time is spent waiting for machines, so two at a time take hardly longer than one.
    const machines = await runJudgesSideBySide([
      vitestJudge("journeys on machines of the sandbox", ["journeys"]),
      heldVitestJudge("tests on machines of the sandbox", ["machines"]),
    ]);
    return conclude(addVerdicts(pure, machines));
  }
  process.stdout.write(
    "\nNOT RUN: the tests on real machines. They need root (the sandbox boots machines with unshare). Fix: sudo npm test.\n",
  );
  const isCi = (process.env["CI"] ?? "") === "true";
  return conclude({ ...pure, failed: pure.failed + (isCi ? 1 : 0) });
}

void runCommand(test);
