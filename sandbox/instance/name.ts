import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import { basename } from "node:path";
import { projectRoot } from "../../config/project-root";
import { UserError } from "../../engine/user-error";

const wellFormed = /^[a-z0-9][a-z0-9-]{0,47}$/;

/**
 * The name of the instance that this command works on: `TEAM_RUNTIME_SANDBOX`, by default one name per clone, made of
 * the clone's folder and a hash of its real path (`team-runtime-1a2b3c4d`), so that clones never meet.
 */
export function instanceName(environment: NodeJS.ProcessEnv = process.env): string {
  const chosen = environment["TEAM_RUNTIME_SANDBOX"] ?? "";
  if (chosen === "") return nameOfClone(realpathSync(projectRoot));
  if (!wellFormed.test(chosen)) {
    throw new UserError(
      `TEAM_RUNTIME_SANDBOX is "${chosen}". Fix: use 1 to 48 lower-case letters, digits and dashes, the first no dash.`,
    );
  }
  return chosen;
}

/** `/home/wes/Team Runtime` → `team-runtime-1a2b3c4d`. */
export function nameOfClone(path: string): string {
  const folder = basename(path)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 30);
  const hash = createHash("sha256").update(path).digest("hex").slice(0, 8);
  return folder === "" ? `clone-${hash}` : `${folder}-${hash}`;
}
