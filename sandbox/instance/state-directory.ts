import { homedir } from "node:os";
import { join } from "node:path";

/**
 * The per-user folder of all instances: `$XDG_STATE_HOME/team-runtime/sandboxes`, by default below `~/.local/state`.
 *
 * @param parts Names below it.
 */
export function stateDirectory(...parts: readonly string[]): string {
  const base = process.env["XDG_STATE_HOME"] ?? "";
  return join(base === "" ? join(homedir(), ".local", "state") : base, "team-runtime", "sandboxes", ...parts);
}
