import { projectRoot } from "../config/project-root";
import { conclude, runJudges } from "./judges/judge";
import { mutantsJudge } from "./judges/mutants";
import { readMutants } from "./mutants/mutant";
import { runCommand, UserError } from "./user-error";

/** `npm run mutants [-- PART OF A NAME]`: all mutants, or those with these words in their names or test files. */
async function mutants(): Promise<number> {
  const words = process.argv.slice(2);
  const chosen = readMutants(projectRoot).filter(
    ({ name, test }) => words.length === 0 || words.some((word) => `${name} ${test}`.includes(word)),
  );
  if (chosen.length === 0)
    throw new UserError(`No mutant has any of these in its name: ${words.join(", ")}.`);
  return conclude(await runJudges([mutantsJudge(() => ({ mutants: chosen, testsPass: false }))]));
}

void runCommand(mutants);
