import { isObject, isSecret, sameValue, type Properties, type PropertyValue } from "./property-values";

/** The kinds of the protocol's PropertyDiff. */
export type DifferenceKind =
  "add" | "add-replace" | "delete" | "delete-replace" | "update" | "update-replace";

/** Kinds of difference by property path (`stdin`, `triggers[0]`, `labels["managed-by"]`). */
export type DetailedDiff = Record<string, DifferenceKind>;

/** What a resource's diff says. No change at all is an empty `changed`. */
export interface Difference {
  /** Top-level properties that differ. */
  readonly changed: readonly string[];
  /** Those of them for which the resource must be replaced. */
  readonly replaces: readonly string[];
  /** Left out by providers that do not know more than `changed`. */
  readonly detailed?: DetailedDiff;
  readonly deleteBeforeReplace?: boolean;
}

/** The top-level properties that a detailed diff is about, each once. */
export function changedProperties(detailed: DetailedDiff): string[] {
  const heads = Object.keys(detailed).map((path) => /^[^.[]+/.exec(path)?.[0] ?? path);
  return [...new Set(heads)];
}

/** The path of a map's entry; a key with other characters than letters, digits and `_` is quoted. */
export function entryPath(path: string, key: string): string {
  return /^[A-Za-z0-9_]+$/.test(key) ? `${path}.${key}` : `${path}["${key.replaceAll('"', '\\"')}"]`;
}

/**
 * The structural difference between two bags of inputs, as the engine's own diff sees it: objects and arrays are
 * compared in depth, secrets as a whole.
 */
export function structuralDiff(before: Properties, after: Properties): DetailedDiff {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const detailed: DetailedDiff = {};
  for (const name of names) {
    collect(detailed, name, before[name], after[name]);
  }
  return detailed;
}

function collect(
  detailed: DetailedDiff,
  path: string,
  before: PropertyValue | undefined,
  after: PropertyValue | undefined,
): void {
  if (sameValue(before, after)) {
    return;
  }
  if (before === undefined || before === null) {
    detailed[path] = "add";
  } else if (after === undefined || after === null) {
    detailed[path] = "delete";
  } else if (Array.isArray(before) && Array.isArray(after)) {
    for (let index = 0; index < Math.max(before.length, after.length); index += 1) {
      collect(detailed, `${path}[${index}]`, before[index], after[index]);
    }
  } else if (isObject(before) && isObject(after) && !isSecret(before) && !isSecret(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      collect(detailed, entryPath(path, key), before[key], after[key]);
    }
  } else {
    detailed[path] = "update";
  }
}
