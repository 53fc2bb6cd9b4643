import { homedir } from "node:os";
import { join } from "node:path";

/**
 * The per-user cache of this project: `$XDG_CACHE_HOME/team-runtime`, by default `~/.cache/team-runtime`.
 * Everything in it is keyed by version or content, so that clones share it and it may be deleted at any time.
 *
 * @param parts Names of folders below it.
 */
export function cacheDirectory(...parts: readonly string[]): string {
  const base = process.env["XDG_CACHE_HOME"] ?? "";
  return join(base === "" ? join(homedir(), ".cache") : base, "team-runtime", ...parts);
}
