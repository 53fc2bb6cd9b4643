import { lineProgress, type Progress } from "../engine/progress";

/** Where a command writes, so that tests can read it. */
export interface Terminal {
  /** What was asked for: standard output. Whole lines. */
  print(text: string): void;
  /** What went wrong, and hints: standard error. Whole lines. */
  complain(text: string): void;
}

/** Says on standard error what takes longer than two seconds, with its name and for how long. */
export function progressOn(terminal: Terminal): Progress {
  return lineProgress({
    write: (text) => {
      terminal.complain(text);
    },
  });
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
