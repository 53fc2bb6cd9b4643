/** Quotes a path for a POSIX shell (POSIX.1-2017, 2.2.2). */
export function shellQuote(path: string): string {
  return `'${path.replaceAll("'", `'\\''`)}'`;
}

/** A program for the shell that runs one of this clone's compiled files with the Node that runs now. */
export function nodeLauncher(compiledFile: string): string {
  return `#!/bin/sh\nexec ${shellQuote(process.execPath)} ${shellQuote(compiledFile)} "$@"\n`;
}
