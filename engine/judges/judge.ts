/** What a judge found. */
export interface Verdict {
  /** How many checks passed. */
  readonly passed: number;
  /** What failed, a line for each. */
  readonly failures: readonly string[];
}

/** Something that looks at the whole tree and prints what it finds. */
export interface Judge {
  readonly name: string;
  readonly run: () => Promise<Verdict>;
}

/** Runs judges one after the other, all of them also after a failure, and adds up what they say. */
export async function runJudges(judges: readonly Judge[]): Promise<Verdict> {
  let total: Verdict = { passed: 0, failures: [] };
  for (const judge of judges) {
    process.stdout.write(`\n── ${judge.name}\n`);
    total = addVerdicts(total, await judge.run());
  }
  return total;
}

/** Runs judges at the same time and adds up what they say. */
export async function runJudgesSideBySide(judges: readonly Judge[]): Promise<Verdict> {
  process.stdout.write(`\n── ${judges.map(({ name }) => name).join(", and at the same time ")}\n`);
  const verdicts = await Promise.all(judges.map((judge) => judge.run()));
  return verdicts.reduce(addVerdicts);
}

/** The checks of both. */
export function addVerdicts(one: Verdict, other: Verdict): Verdict {
  return { passed: one.passed + other.passed, failures: [...one.failures, ...other.failures] };
}

/** Prints what failed once more, then the closing line, and gives the exit code. */
export function conclude({ passed, failures }: Verdict): number {
  const list = failures.map((failure) => `failed: ${failure.replace(/\s+/g, " ")}\n`).join("");
  process.stdout.write(`\n${list}${String(passed)} passed, ${String(failures.length)} failed\n`);
  return failures.length === 0 && passed > 0 ? 0 : 1;
}
