import { existsSync, readFileSync } from "node:fs";
import { parsePastTeam } from "../config/access/parse-past";
import { loadTeam, TeamFileError } from "../config/load";
import type { ParseResult } from "../config/parse";
import type { Finding } from "../config/problem";
import { readAtRevision } from "./revision";

export interface TeamVersionContext {
  /** The team file that is meant by a revision without a path: `team.dev.yaml`. */
  readonly defaultPath: string;
  /** The folder that it lies in. */
  readonly directory: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * Reads one version of a team file: a file of that name when there is one, otherwise `REVISION:PATH`, or the default
 * team file at `REVISION`. Grants in it may have ended since.
 */
export function readTeamVersion(name: string, context: TeamVersionContext): ParseResult {
  if (existsSync(name)) return readTeamFile(name, context.now);
  const colon = name.indexOf(":");
  const isDefault = colon === -1 || colon === name.length - 1;
  const revision = isDefault ? name.replace(/:$/, "") : name.slice(0, colon);
  const path = isDefault ? `./${context.defaultPath}` : name.slice(colon + 1);
  const blob = readAtRevision(revision, path, isDefault ? context.directory : process.cwd());
  if (!blob.ok) return unreadable(name, blob.finding);
  const label = isDefault ? `${revision}:${context.defaultPath}` : name;
  return parsePastTeam(blob.value, label, context.now);
}

/** Reads a team file of which grants may have ended since it was written: they are part of the team all the same. */
export function readTeamFile(file: string, now: number): ParseResult {
  try {
    // It reads no more than a team file can have, and says why something cannot be read.
    const { team, warnings } = loadTeam(file, { now, throwawayKeys: "allowed" });
    return { ok: true, team, warnings };
  } catch (error) {
    if (!(error instanceof TeamFileError)) throw error;
    const problems = error.problems;
    // A file whose grants could be read is a small, regular one, and may be valid as an old one.
    const mayBePast = problems.some(({ path }) => /^grants\[\d+\]\.until$/.test(path));
    return mayBePast ? parsePastTeam(readFileSync(file), file, now) : { ok: false, problems, warnings: [] };
  }
}

function unreadable(file: string, finding: Finding): ParseResult {
  return { ok: false, problems: [{ file, line: 1, column: 1, path: "(file)", ...finding }], warnings: [] };
}
