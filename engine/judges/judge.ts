/** How many checks of a judge passed and failed. */
export interface Verdict {
  readonly passed: number;
  readonly failed: number;
}

/** Something that looks at the whole tree and prints what it finds. */
export interface Judge {
  readonly name: string;
  readonly run: () => Promise<Verdict>;
}

/** Runs judges one after the other, all of them also after a failure, and adds up what they say. */
export async function runJudges(judges: readonly Judge[]): Promise<Verdict> {
  let passed = 0;
  let failed = 0;
  for (const judge of judges) {
    process.stdout.write(`\n── ${judge.name}\n`);
    const verdict = await judge.run();
    passed += verdict.passed;
    failed += verdict.failed;
  }
  return { passed, failed };
}

/** Prints the closing line and gives the exit code. */
export function conclude({ passed, failed }: Verdict): number {
  process.stdout.write(`\n${String(passed)} passed, ${String(failed)} failed\n`);
  return failed === 0 && passed > 0 ? 0 : 1;
}
