import { compareTeams } from "../config/access/compare";
import { matrixDifference } from "../config/access/difference";
import { accessMatrix } from "../config/access/matrix";
import { formatProblem } from "../config/problem";
import { projectRoot } from "../config/project-root";
import { formatDiffJson } from "./diff-json";
import { formatDiffMarkdown } from "./diff-markdown";
import { formatDiffText } from "./diff-text";
import type { TeamDifference } from "./diff-text";
import { readTeamVersion } from "./team-version";
import { exitCodes } from "./terminal";
import type { Terminal } from "./terminal";

export interface DiffRequest {
  /** File, git revision, or `REVISION:PATH`. */
  readonly before: string;
  readonly after: string;
  /** The team file that is meant by a revision without a path, from the project's folder. */
  readonly defaultPath: string;
  readonly format: "text" | "json" | "markdown";
  /** The present, in milliseconds since 1970. */
  readonly now: number;
}

/** As diff(1): there is a difference. */
const different = 1;

/** `team diff`: what a change of the team file changes, in sentences. Returns the exit code: 0 none, 1 some, 2 not valid. */
export function diff(request: DiffRequest, terminal: Terminal): number {
  const [before, after] = [request.before, request.after].map((name) =>
    readTeamVersion(name, { ...request, directory: projectRoot }),
  );
  if (before?.ok !== true || after?.ok !== true) {
    const problems = [before, after].flatMap((side) => (side?.ok === false ? side.problems : []));
    terminal.complain(`${problems.map(formatProblem).join("\n")}\n`);
    return exitCodes.invalid;
  }
  const { now } = request;
  const difference: TeamDifference = {
    changes: compareTeams(before.team, after.team, now),
    access: matrixDifference(accessMatrix(before.team, now), accessMatrix(after.team, now)),
  };
  switch (request.format) {
    case "text":
      terminal.print(formatDiffText(difference));
      break;
    case "json":
      terminal.print(formatDiffJson(difference));
      break;
    case "markdown":
      terminal.print(formatDiffMarkdown(difference));
      break;
  }
  return difference.changes.length === 0 ? exitCodes.fine : different;
}
