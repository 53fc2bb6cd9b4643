/** Prints a measured figure in the test run. Figures are never asserted: a slow machine is not a wrong program. */
export function figure(name: string, value: string): void {
  process.stdout.write(`figure: ${name}: ${value}\n`);
}

/** Runs something and prints how long it took. */
export async function timed<T>(name: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  const result = await work();
  figure(name, `${((performance.now() - started) / 1000).toFixed(1)} s`);
  return result;
}
