import { CST, Lexer } from "yaml";
import type { TextFinding } from "./source";

/** A team file is six levels deep. */
const deepest = 16;

/** Columns before the first character of a line. Each level may use ten and still fit. */
const farthestIndent = 160;

/**
 * What of YAML a team file may not use, found in its tokens before any structure is made of them, because a
 * structure that is deep enough ends the process and aliases make small files large.
 */
export function findRefusedYaml(text: string): {
  readonly findings: readonly TextFinding[];
  readonly tooDeep: boolean;
} {
  const findings: TextFinding[] = [];
  const indented = new RegExp(`^[ ]{${farthestIndent}}`, "m").exec(text);
  if (indented !== null) return { findings: [tooDeepAt(indented.index)], tooDeep: true };
  let offset = 0;
  let flowDepth = 0;
  let indicatorsOnLine = 0;
  let content: "none" | "open" | "ended" = "none";
  for (const token of new Lexer().lex(text)) {
    const type = CST.tokenType(token);
    if (type === "newline") indicatorsOnLine = 0;
    if (type === "flow-map-start" || type === "flow-seq-start") flowDepth++;
    if (type === "flow-map-end" || type === "flow-seq-end") flowDepth--;
    if (flowDepth <= 0 && type !== null && blockIndicators.has(type)) indicatorsOnLine++;
    if (flowDepth > deepest || indicatorsOnLine > deepest)
      return { findings: [...findings, tooDeepAt(offset)], tooDeep: true };
    if (content !== "none" && (type === "doc-start" || (content === "ended" && isContent(type)))) {
      findings.push(anotherDocument(offset));
      content = "none";
    }
    if (type === "doc-end" && content === "open") content = "ended";
    else if (isContent(type)) content = "open";
    const refusal = type === null ? undefined : refusals[type];
    if (refusal !== undefined) findings.push({ offset, length: token.length, ...refusal });
    if (type === null || !zeroWidth.has(type)) offset += token.length;
  }
  return { findings, tooDeep: false };
}

/** Whether a token belongs to a document rather than to what stands around it. */
function isContent(type: string | null): boolean {
  return type === null || !outsideDocuments.has(type);
}

const outsideDocuments: ReadonlySet<string> = new Set([
  ...["space", "newline", "comment", "byte-order-mark", "doc-mode", "directive-line", "doc-end"],
]);

const blockIndicators: ReadonlySet<string> = new Set(["seq-item-ind", "explicit-key-ind", "map-value-ind"]);

/** Marks that the lexer puts between the pieces of the text. */
const zeroWidth: ReadonlySet<string> = new Set(["doc-mode", "flow-error-end", "scalar"]);

const refusals: Readonly<Partial<Record<string, { readonly sentence: string; readonly fix: string }>>> = {
  anchor: {
    sentence: "Anchors (&name) are not supported: each line of a team file must say by itself what it means.",
    fix: "Remove the anchor.",
  },
  alias: {
    sentence: "Aliases (*name) are not supported: each line of a team file must say by itself what it means.",
    fix: "Write the value again. If it is meant as text, put it in quotes.",
  },
  tag: {
    sentence: "Tags (!name) are not supported: the meaning of a value is fixed by its place.",
    fix: "Remove the tag. If it is meant as text, put it in quotes.",
  },
  "directive-line": { sentence: "YAML directives (%…) are not supported.", fix: "Remove the line." },
};

function anotherDocument(offset: number): TextFinding {
  return {
    offset,
    length: 3,
    sentence: "A second YAML document starts here, and what is in it would not be read.",
    fix: "Put everything into one document and remove the line with ---.",
  };
}

function tooDeepAt(offset: number): TextFinding {
  return {
    offset,
    length: 1,
    sentence: "The file is nested too deeply: a team file has six levels.",
    fix: "Follow the form of team.dev.yaml.",
  };
}
