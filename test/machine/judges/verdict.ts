import type { Finding } from "./control";

/** What comes of findings and waivers. */
export interface Verdict {
  readonly passed: number;
  readonly waived: number;
  /** One sentence each; none when all is well. */
  readonly problems: readonly string[];
}

/**
 * Reads a waiver file: `SOURCE ID: reason` on each line, beside empty lines and comments (`#`).
 *
 * @returns Reason by name, and a problem for each line that cannot be read or names something twice.
 */
export function readWaivers(text: string): {
  readonly waivers: ReadonlyMap<string, string>;
  readonly problems: readonly string[];
} {
  const waivers = new Map<string, string>();
  const problems: string[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const [, name, reason] = /^(\S+ \S+): (\S.*\S)$/.exec(line) ?? [];
    if (name === undefined || reason === undefined) {
      problems.push(
        `waivers.txt:${String(index + 1)}: expected "SOURCE ID: reason", found ${JSON.stringify(line)}`,
      );
    } else if (waivers.has(name)) {
      problems.push(`waivers.txt:${String(index + 1)}: ${name} is waived twice`);
    } else {
      waivers.set(name, reason);
    }
  }
  return { waivers, problems };
}

/** A finding that failed needs a waiver, and a waiver needs a finding that failed. */
export function judge(findings: readonly Finding[], waivers: ReadonlyMap<string, string>): Verdict {
  const failed = findings.filter(({ passed }) => !passed);
  const known = new Set(findings.map(({ name }) => name));
  const failing = new Set(failed.map(({ name }) => name));
  return {
    passed: findings.length - failed.length,
    waived: failed.filter(({ name }) => waivers.has(name)).length,
    problems: [
      ...failed.filter(({ name }) => !waivers.has(name)).map(({ name, said }) => `${name} fails: ${said}`),
      ...[...waivers.keys()].flatMap((name) => {
        if (failing.has(name)) return [];
        if (known.has(name)) return [`${name} is waived, yet it passes: take the waiver away`];
        return [`${name} is waived, yet nothing of that name was asked or failed`];
      }),
    ],
  };
}
