import { isAlias, isMap, isScalar, isSeq, parseAllDocuments } from "yaml";
import type { Document, ParsedNode, YAMLError } from "yaml";
import { positionsIn } from "./positions";
import type { Position } from "./positions";
import type { Finding } from "./problem";
import { show } from "./show";
import type { TextFinding } from "./source";

/** A stretch of the text. */
export interface Range {
  readonly offset: number;
  readonly length: number;
}

/** The file as a tree in which every scalar is text, with the place of each part. */
export type Tree =
  | { readonly kind: "text"; readonly range: Range; readonly text: string }
  /** A key without a value, or nothing between two commas. */
  | { readonly kind: "nothing"; readonly range: Range }
  | { readonly kind: "list"; readonly range: Range; readonly items: readonly Tree[] }
  | { readonly kind: "mapping"; readonly range: Range; readonly entries: ReadonlyMap<string, TreeEntry> }
  /** Something that is refused elsewhere, such as an alias: its content is unknown, so nothing is said about it. */
  | { readonly kind: "refused"; readonly range: Range };

export interface TreeEntry {
  readonly keyRange: Range;
  readonly value: Tree;
}

/** The tree, or nothing where the text is not YAML; and what is wrong with the text as YAML. */
export interface YamlReading {
  readonly tree?: Tree;
  readonly findings: readonly TextFinding[];
}

/** After the first few, errors follow from errors. */
const mostSyntaxErrors = 5;

/** Reads YAML 1.2 in which every scalar is text (the failsafe schema): nothing is a date, a number or a boolean by its looks. */
export function readYaml(text: string): YamlReading {
  const [document] = parseAllDocuments(text, {
    version: "1.2",
    schema: "failsafe",
    merge: false,
    // Duplicate keys are found here, with the place of both.
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: "silent",
  }) as Document.Parsed[];
  if (document === undefined)
    return { findings: [], tree: { kind: "nothing", range: { offset: 0, length: 0 } } };
  if (document.errors.length > 0) return { findings: syntaxFindings(document.errors) };
  const findings: TextFinding[] = [];
  const context = { report: (finding: TextFinding) => findings.push(finding), positionOf: positionsIn(text) };
  const whole = { offset: document.range[0], length: 0 };
  return { tree: toTree(document.contents, whole, context), findings };
}

function syntaxFindings(errors: readonly YAMLError[]): readonly TextFinding[] {
  return errors
    .slice(0, mostSyntaxErrors)
    .map((error) => ({ offset: error.pos[0], length: 1, ...(syntaxErrors[error.code] ?? otherSyntaxError) }));
}

/** The parser's own messages quote the text, which may be a secret. */
const syntaxErrors: Readonly<Partial<Record<string, Finding>>> = {
  TAB_AS_INDENT: {
    sentence: "The line is indented with a tab, which YAML does not allow.",
    fix: "Indent with spaces.",
  },
  BAD_INDENT: {
    sentence: "The line is not indented like the others of its list or mapping.",
    fix: "Give all of them the same number of spaces, or close the bracket that is open above.",
  },
  BLOCK_AS_IMPLICIT_KEY: {
    sentence: "A mapping stands where YAML expects one value; a colon followed by a space makes a mapping.",
    fix: 'Put text that contains ": " in quotes.',
  },
  BAD_SCALAR_START: {
    sentence: "A value starts with a character that YAML keeps for itself.",
    fix: "Put the value in quotes.",
  },
  MISSING_CHAR: {
    sentence: "A quote, a bracket, a comma, a colon or a space is missing here.",
    fix: "Add it.",
  },
  BAD_DQ_ESCAPE: {
    sentence: "The quoted text contains an escape sequence that YAML does not know.",
    fix: "Use single quotes, or write \\\\ for a backslash.",
  },
  MULTILINE_IMPLICIT_KEY: {
    sentence: "A key goes over more than one line.",
    fix: "Write the key, the colon and a space on one line; look for a missing colon.",
  },
  UNEXPECTED_TOKEN: {
    sentence: "Something stands here that YAML does not expect.",
    fix: "Look for a missing quote, bracket, comma or colon before it.",
  },
  BLOCK_IN_FLOW: {
    sentence: "A list or mapping with indentation stands inside brackets.",
    fix: "Use one of the two forms.",
  },
};

const otherSyntaxError: Finding = {
  sentence: "This cannot be read as YAML.",
  fix: "Look for a missing quote, colon or space, here or on the line before.",
};

interface Context {
  readonly report: (finding: TextFinding) => void;
  readonly positionOf: (offset: number) => Position;
}

function toTree(node: ParsedNode | null, place: Range, context: Context): Tree {
  if (node === null) return { kind: "nothing", range: place };
  const range = { offset: node.range[0], length: Math.max(0, node.range[1] - node.range[0]) };
  if (isAlias(node) || node.tag !== undefined) return { kind: "refused", range };
  if (isSeq(node)) {
    const items = node.items as (ParsedNode | null)[];
    return { kind: "list", range, items: items.map((item) => toTree(item, range, context)) };
  }
  if (isMap(node)) return { kind: "mapping", range, entries: toEntries(node.items, range, context) };
  if (!isScalar(node)) return { kind: "refused", range };
  const text = typeof node.value === "string" ? node.value : "";
  if (text === "" && (node.type ?? "PLAIN") === "PLAIN")
    return { kind: "nothing", range: range.length === 0 ? place : range };
  return { kind: "text", range, text };
}

interface ParsedPair {
  readonly key: ParsedNode | null;
  readonly value: ParsedNode | null;
}

function toEntries(
  pairs: readonly ParsedPair[],
  place: Range,
  context: Context,
): ReadonlyMap<string, TreeEntry> {
  const entries = new Map<string, TreeEntry>();
  for (const pair of pairs) {
    const key = toTree(pair.key, place, context);
    if (key.kind === "refused") continue;
    const name = key.kind === "text" ? key.text : "";
    const earlier = entries.get(name);
    if (key.kind === "list" || key.kind === "mapping") context.report({ ...key.range, ...notAName });
    else if (name === "__proto__") context.report({ ...key.range, ...notAKey });
    else if (earlier !== undefined)
      context.report(duplicate(name, key.range, context.positionOf(earlier.keyRange.offset)));
    else entries.set(name, { keyRange: key.range, value: toTree(pair.value, key.range, context) });
  }
  return entries;
}

const notAName: Finding = {
  sentence: "A list or mapping stands where a name is expected.",
  fix: "Write a name, a colon and the value.",
};

const notAKey: Finding = {
  sentence: 'The key "__proto__" is not allowed: programs read it as something else than a name.',
  fix: "Choose another name.",
};

function duplicate(key: string, range: Range, first: Position): TextFinding {
  return {
    ...range,
    sentence: `${key === "" ? "An empty key" : `The key ${show(key)}`} stands here a second time (first at ${first.line}:${first.column}), and one of the two would be ignored.`,
    fix: "Merge the two entries into one.",
  };
}
