/** Where a command writes, so that tests can read it. */
export interface Terminal {
  /** What was asked for: standard output. Whole lines. */
  print(text: string): void;
  /** What went wrong, and hints: standard error. Whole lines. */
  complain(text: string): void;
}

/** Exit codes of the contract: all is well, and the input is not valid. */
export const exitCodes = { fine: 0, invalid: 2 } as const;

export const processTerminal: Terminal = {
  print: (text) => {
    process.stdout.write(text);
  },
  complain: (text) => {
    process.stderr.write(text);
  },
};
