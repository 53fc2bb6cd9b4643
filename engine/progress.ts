/** Tells a person what is going on while they wait. */
export interface Progress {
  /** One line, at once. */
  note(text: string): void;
  /** Runs `work`; says its title when it takes longer than two seconds, goes on saying so, and says how long it took. */
  step<T>(title: string, work: () => Promise<T>): Promise<T>;
}

const quietMilliseconds = 2_000;
const repeatMilliseconds = 15_000;

/**
 * Progress as plain lines, fit for a terminal and for a log.
 *
 * @param stream Where the lines go; standard error by default, so that standard output stays the command's own.
 */
export function lineProgress(stream: { write(text: string): unknown } = process.stderr): Progress {
  const note = (text: string): void => {
    stream.write(`${text}\n`);
  };
  return {
    note,
    async step(title, work) {
      const started = Date.now();
      const seconds = (): string => `${String(Math.round((Date.now() - started) / 1000))} s`;
      let said = false;
      const say = (): void => {
        note(said ? `  … still ${title} (${seconds()})` : `  ${title} …`);
        said = true;
      };
      const first = setTimeout(say, quietMilliseconds);
      const repeat = setInterval(say, repeatMilliseconds);
      try {
        const result = await work();
        if (Date.now() - started >= quietMilliseconds) note(`  ${title}: done in ${seconds()}`);
        return result;
      } finally {
        clearTimeout(first);
        clearInterval(repeat);
      }
    },
  };
}
