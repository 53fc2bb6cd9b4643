import { closeSync, openSync, readSync } from "node:fs";
import { parseTeam } from "./parse";
import type { ParseOptions } from "./parse";
import { formatProblem } from "./problem";
import type { Problem } from "./problem";
import { largestFile } from "./source";
import type { Team } from "./team";

/** A team file that is not one. The message is all its problems, one on each line, ready to be shown without a stack trace. */
export class TeamFileError extends Error {
  constructor(readonly problems: readonly Problem[]) {
    super(problems.map(formatProblem).join("\n"));
    this.name = "TeamFileError";
  }
}

/** A checked team, and what is allowed in its file but may be a mistake. */
export interface LoadedTeam {
  readonly team: Team;
  readonly warnings: readonly Problem[];
}

/**
 * Reads and checks a team file. Throws `TeamFileError` with every problem at once, also when the file is
 * missing or cannot be read.
 */
export function loadTeam(file: string, options: ParseOptions = {}): LoadedTeam {
  const result = parseTeam(readStart(file), file, options);
  if (!result.ok) throw new TeamFileError(result.problems);
  return { team: result.team, warnings: result.warnings };
}

/** The file's bytes, and no more of them than are needed to see that it is too large: `/dev/zero` has no end. */
function readStart(file: string): Buffer {
  const bytes = Buffer.alloc(largestFile + 1);
  let length = 0;
  try {
    const descriptor = openSync(file, "r");
    try {
      while (length < bytes.length) {
        const count = readSync(descriptor, bytes, length, bytes.length - length, null);
        if (count === 0) break;
        length += count;
      }
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw new TeamFileError([{ file, line: 1, column: 1, path: "(file)", ...unreadable(error) }]);
  }
  return bytes.subarray(0, length);
}

function unreadable(error: unknown): { sentence: string; fix: string } {
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
  if (code === "ENOENT" || code === "ENOTDIR") {
    return {
      sentence: "There is no such file.",
      fix: "Check the name, or create the file following the form of team.dev.yaml.",
    };
  }
  if (code === "EISDIR")
    return { sentence: "This is a directory, not a file.", fix: "Name the team file in it." };
  if (code === "EACCES" || code === "EPERM")
    return { sentence: "The file may not be read.", fix: "Check its mode and owner." };
  return { sentence: `The file cannot be read (${code}).`, fix: "Check the name and the disk." };
}
