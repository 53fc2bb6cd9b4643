import { byName } from "../config/names";

/** A document as canonical text: JSON with sorted keys, two spaces and a final newline. */
export function formatDocument(document: object): string {
  return `${JSON.stringify(sorted(document), undefined, 2)}\n`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([left], [right]) => byName(left, right))
      .map(([name, item]: [string, unknown]) => [name, sorted(item)]),
  );
}
