import { rmdirSync } from "node:fs";

/** Removes a directory unless something is in it or it is not there. */
export function removeIfEmpty(directory: string): void {
  try {
    rmdirSync(directory);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    if (!["ENOTEMPTY", "EBUSY", "ENOENT"].includes(code)) throw error;
  }
}
