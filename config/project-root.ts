import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * The folder that holds this program's `package.json`: the same from the sources (`config/`) and from the
 * compiled tree (`dist/config/`), so that files such as `host/` are found in both.
 */
export const projectRoot: string = findRoot(__dirname);

function findRoot(directory: string): string {
  if (existsSync(join(directory, "package.json"))) return directory;
  const parent = dirname(directory);
  if (parent === directory) throw new Error(`No package.json above ${__dirname}.`);
  return findRoot(parent);
}
