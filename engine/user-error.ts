/**
 * A mistake or a lack that the reader can mend: its message is complete sentences (what, where, why, what to do)
 * and is shown without a stack trace.
 */
export class UserError extends Error {
  /** Exit code of the command that ends with it. */
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.name = "UserError";
    this.exitCode = exitCode;
  }
}

/** Runs a command's main function and turns a `UserError` into its text and exit code. */
export async function runCommand(main: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = error.exitCode;
  }
}
