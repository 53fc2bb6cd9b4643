import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { projectRoot } from "../config/project-root";

interface CompiledSources {
  readonly isCompiled: (root: string) => boolean;
}

/**
 * Refuses to run a compiled program that is not that of the sources beside it: after a `git pull` that brings a stricter
 * rule, `pulumi up` must not go on with the old one.
 *
 * @returns The sentence to show, or `undefined` when all is well.
 */
export async function staleProgram(): Promise<string | undefined> {
  if (!__dirname.startsWith(join(projectRoot, "dist"))) return undefined;
  const module = pathToFileURL(join(projectRoot, "engine", "compiled-sources.mjs")).href;
  const { isCompiled } = (await import(module)) as CompiledSources;
  if (isCompiled(projectRoot)) return undefined;
  return "The compiled program (dist/) is not that of the sources beside it. Fix: run `npm run build`, then this again.";
}
