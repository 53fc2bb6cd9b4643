import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { z } from "zod";
import { compareTeams } from "../config/access/compare";
import { matrixDifference } from "../config/access/difference";
import { accessMatrix } from "../config/access/matrix";
import { formatProblem, type Reading, refuse, accept } from "../config/problem";
import { projectRoot } from "../config/project-root";
import { show } from "../config/show";
import type { Team } from "../config/team";
import type { TeamDifference } from "./diff-text";
import { judge } from "./gate/judge";
import { readPreview } from "./gate/preview";
import { refusalsOf, type GateReport } from "./gate/report";
import { formatGateJson } from "./gate/report-json";
import { formatGateMarkdown, formatInvalidMarkdown } from "./gate/report-markdown";
import { formatGateText } from "./gate/report-text";
import { loadForCommand } from "./team-option";
import { readTeamVersion } from "./team-version";
import { exitCodes } from "./terminal";
import type { Terminal } from "./terminal";

export interface GateRequest {
  /** File with the output of `pulumi preview --json`, or `-` for standard input. */
  readonly preview?: string;
  /** File, git revision, or `REVISION:PATH` of the team file before the change. */
  readonly since?: string;
  /** The team file after the change; without it, that of the preview's stack. */
  readonly team?: string;
  /** The team file where neither says which. */
  readonly defaultTeam: string;
  /** Servers that may be destroyed or replaced. */
  readonly allowed: readonly string[];
  /** Labels of a pull request, as JSON; `allow-destroy:SERVER` allows. */
  readonly labels?: string;
  readonly format: "text" | "json" | "markdown";
  /** The present, in milliseconds since 1970. */
  readonly now: number;
}

/** Some of it is refused. */
const refused = 1;

/**
 * `team gate`: whether a change may go on. Checks the team file, tells its change, and judges a preview. Returns the exit
 * code: 0 nothing to refuse, 1 refused, 2 an input is not valid.
 */
export function gate(request: GateRequest, terminal: Terminal): number {
  if (request.format !== "markdown") return judgeAll(request, terminal);
  // Whoever reads the comment sees no standard error.
  const problems: string[] = [];
  const code = judgeAll(request, {
    ...terminal,
    complain: (text) => {
      problems.push(text);
      terminal.complain(text);
    },
  });
  if (code === exitCodes.invalid) terminal.print(formatInvalidMarkdown(problems.join("")));
  return code;
}

function judgeAll(request: GateRequest, terminal: Terminal): number {
  const invalid = (problem: { readonly sentence: string; readonly fix: string }): number => {
    terminal.complain(`${problem.sentence} Fix: ${problem.fix}\n`);
    return exitCodes.invalid;
  };
  const { since, now } = request;
  if (request.preview === undefined && since === undefined) {
    return invalid({
      sentence: "There is nothing to judge: neither a preview nor an older team file.",
      fix: "pulumi preview --json --show-sames | npm run -s team -- gate - --since main",
    });
  }
  const preview = request.preview === undefined ? undefined : readPreviewFile(request.preview);
  if (preview?.ok === false) return invalid(preview.finding);
  const labelled = serversInLabels(request.labels ?? "[]");
  if (!labelled.ok) return invalid(labelled.finding);

  const file =
    request.team ?? (preview === undefined ? request.defaultTeam : teamFileOf(preview.value.after.stack));
  const loaded = loadForCommand(file, terminal);
  if (typeof loaded === "number") return loaded;
  const team = since === undefined ? undefined : compare(since, file, loaded.team, now, terminal);
  if (team === "invalid") return exitCodes.invalid;

  const allowed = [...new Set([...request.allowed, ...labelled.value])];
  const report: GateReport = {
    ...(team === undefined ? {} : { team }),
    ...(preview === undefined ? {} : { preview: judge(preview.value, loaded.team, allowed, now) }),
  };
  const format = { text: formatGateText, json: formatGateJson, markdown: formatGateMarkdown }[request.format];
  terminal.print(format(report));
  return refusalsOf(report).length === 0 ? exitCodes.fine : refused;
}

function readPreviewFile(file: string): ReturnType<typeof readPreview> {
  // Descriptor 0 is standard input.
  if (file !== "-" && !existsSync(file)) {
    return refuse(
      `There is no file ${show(file)}.`,
      "Name the file with the output of `pulumi preview --json`, or - for standard input.",
    );
  }
  try {
    return readPreview(readFileSync(file === "-" ? 0 : file, "utf8"));
  } catch (error) {
    const why = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    return refuse(
      `The preview cannot be read (${why}).`,
      "Name a file with the output of `pulumi preview --json`, or - for standard input.",
    );
  }
}

/** `team.<stack>.yaml` in the project's folder, named from the current one. */
function teamFileOf(stack: string): string {
  return relative(process.cwd(), join(projectRoot, `team.${stack.split("/").at(-1) ?? ""}.yaml`));
}

function compare(
  since: string,
  file: string,
  after: Team,
  now: number,
  terminal: Terminal,
): TeamDifference | "invalid" {
  const before = readTeamVersion(since, {
    defaultPath: basename(file),
    directory: dirname(resolve(file)),
    now,
  });
  if (!before.ok) {
    for (const problem of before.problems) terminal.complain(`${formatProblem(problem)}\n`);
    return "invalid";
  }
  return {
    changes: compareTeams(before.team, after, now),
    access: matrixDifference(accessMatrix(before.team, now), accessMatrix(after, now)),
  };
}

const label = /^allow-destroy:(dev-[a-z0-9-]+)$/;

/** The servers of the labels `allow-destroy:SERVER` in a JSON list of a pull request's labels. */
function serversInLabels(text: string): Reading<readonly string[]> {
  const fix = "In a workflow, give it ${{ toJSON(github.event.pull_request.labels.*.name) }}.";
  try {
    const labels = z.array(z.string()).parse(JSON.parse(text));
    return accept(labels.flatMap((name) => label.exec(name)?.[1] ?? []));
  } catch {
    return refuse("The labels are not a JSON list of texts.", fix);
  }
}
