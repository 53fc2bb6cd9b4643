import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/**
 * Fills a new folder beside `target` and renames it into place when `fill` has succeeded, so that a folder of the
 * cache is either whole or not there, also when two clones build it at the same time (the first one stays).
 */
export async function replaceDirectory(
  target: string,
  fill: (directory: string) => Promise<void>,
): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const work = await mkdtemp(join(dirname(target), `.${basename(target)}-`));
  try {
    await fill(work);
    await rename(work, target).catch((error: unknown) => {
      if (!isOccupied(error)) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function isOccupied(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === "ENOTEMPTY" || code === "EEXIST";
}
