import { draft } from "./draft";
import type { Problem } from "./problem";
import { ProblemList } from "./problem-list";
import { checkRules } from "./rules";
import type { RuleContext } from "./rules/rule";
import { teamFile } from "./schema";
import { explainIssues } from "./schema-problems";
import { findSecrets } from "./secrets";
import type { Secret } from "./secrets";
import { decode, findUnreadable } from "./source";
import type { TextFinding } from "./source";
import type { Team } from "./team";
import { toTeam } from "./to-team";
import { toData } from "./tree-data";
import { findHiddenCharacters } from "./tree-texts";
import { findRefusedYaml } from "./yaml-tokens";
import { readYaml } from "./yaml-tree";

/** A team, or everything that keeps the file from being one. Warnings come with either. */
export type ParseResult =
  | { readonly ok: true; readonly team: Team; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[]; readonly warnings: readonly Problem[] };

export interface ParseOptions {
  /** The present, in milliseconds since 1970. Default: the clock. */
  readonly now?: number;
  /** Whether the sandbox's key pairs, which everybody has, may be used. Default: refused. */
  readonly throwawayKeys?: "allowed" | "refused";
}

/**
 * Reads a team file from its bytes: the boundary behind which every name, key and time is trusted. It never
 * throws, whatever the bytes are, finds all problems at once, and shows nothing that may be secret.
 */
export function parseTeam(bytes: Uint8Array, file: string, options: ParseOptions = {}): ParseResult {
  const decoded = decode(bytes);
  if (!decoded.ok) return failed([{ file, line: 1, column: 1, path: "(file)", ...decoded.finding }]);
  const text = decoded.value;
  const secrets = findSecrets(text).map(leaked);
  const unreadable = findUnreadable(text);
  const yaml = findRefusedYaml(text);
  const { tree, findings: mistakes } = yaml.tooDeep ? { findings: [] } : readYaml(text);

  const problems = new ProblemList(file, text, tree);
  problems.addClaims([...secrets, ...unreadable]);
  problems.addTexts([...yaml.findings, ...mistakes]);
  if (tree === undefined) return failed(problems.list());
  problems.addClaims(findHiddenCharacters(tree));

  const data = toData(tree);
  const context: RuleContext = {
    now: options.now ?? Date.now(),
    throwawayKeys: options.throwawayKeys ?? "refused",
  };
  const result = teamFile.safeParse(data);
  const findings = checkRules(draft(data), context);
  problems.addPaths([...explainIssues(result.error?.issues ?? [], tree), ...findings.problems]);
  const warnings = new ProblemList(file, text, tree);
  warnings.addPaths(findings.warnings);

  if (problems.list().length > 0 || !result.success) return failed(problems.list(), warnings.list());
  return { ok: true, team: toTeam(result.data), warnings: warnings.list() };
}

function failed(problems: readonly Problem[], warnings: readonly Problem[] = []): ParseResult {
  return { ok: false, problems, warnings };
}

function leaked({ offset, length, kind }: Secret): TextFinding {
  const isKey = kind === "a private key";
  return {
    offset,
    length,
    sentence: `This ${isKey ? "is" : "looks like"} ${kind}: consider it leaked.`,
    fix: isKey
      ? "Remove it from the file and from the git history, replace the key pair, and paste only the public half."
      : "Remove it from the file and from the git history, replace it where it is used, and store secrets with: pulumi config set --secret",
  };
}
