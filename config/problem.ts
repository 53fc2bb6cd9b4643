import { byName } from "./names";

/** What is wrong with one value and what to do about it. Two sentences' worth of text, without a place. */
export interface Finding {
  /** What is wrong and why, such as `"Wes" must be lower case.` */
  readonly sentence: string;
  /** What to do, such as `Write "wes".` */
  readonly fix: string;
}

/** The result of reading one value: the value, or what is wrong with it. */
export type Reading<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly finding: Finding };

/** A finding with its place in a file. */
export interface Problem extends Finding {
  /** As the user named it. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 code units, as editors count. */
  readonly column: number;
  /** Such as `people.wes.keys[1]`; `(file)` for the file as a whole. */
  readonly path: string;
}

export function accept<Value>(value: Value): Reading<Value> {
  return { ok: true, value };
}

export function refuse(sentence: string, fix: string): { readonly ok: false; readonly finding: Finding } {
  return { ok: false, finding: { sentence, fix } };
}

/** `FILE:LINE:COL: PATH: sentence. Fix: …`, one line, the form that editors and CI turn into a link. */
export function formatProblem(problem: Problem): string {
  const { file, line, column, path, sentence, fix } = problem;
  return `${file}:${line}:${column}: ${path}: ${sentence} Fix: ${fix}`;
}

/** `FILE:LINE:COL: PATH: warning: sentence. Fix: …` */
export function formatWarning(problem: Problem): string {
  return formatProblem({ ...problem, sentence: `warning: ${problem.sentence}` });
}

/** The problems from the top of the file down, each once. */
export function inOrder(problems: readonly Problem[]): readonly Problem[] {
  const sorted = [...problems].sort(
    (left, right) =>
      left.line - right.line ||
      left.column - right.column ||
      byName(left.path, right.path) ||
      byName(left.sentence, right.sentence),
  );
  const seen = new Set<string>();
  return sorted.filter((problem) => {
    const text = formatProblem(problem);
    if (seen.has(text)) return false;
    seen.add(text);
    return true;
  });
}
