import type { Path } from "./path";
import type { Range, Tree } from "./yaml-tree";

/** The tree as plain data: text, lists, objects, and `null` for nothing. `__proto__` is an ordinary key. */
export function toData(tree: Tree): unknown {
  switch (tree.kind) {
    case "text":
      return tree.text;
    case "nothing":
    case "refused":
      return null;
    case "list":
      return tree.items.map(toData);
    case "mapping": {
      const object: Record<string, unknown> = {};
      for (const [key, { value }] of tree.entries) {
        Object.defineProperty(object, key, {
          value: toData(value),
          enumerable: true,
          configurable: true,
          writable: true,
        });
      }
      return object;
    }
  }
}

/** The part of the tree at a path, or nothing where the path leads out of it. */
export function at(tree: Tree, path: Path): Tree | undefined {
  let current: Tree | undefined = tree;
  for (const step of path) current = current === undefined ? undefined : child(current, step);
  return current;
}

/**
 * Where to point for a path: at its value or its key; for what is missing, at the nearest that is there.
 */
export function rangeOf(tree: Tree, path: Path, point: "key" | "value" = "value"): Range {
  const last = path.at(-1);
  if (last === undefined) return tree.range;
  const parentPath = path.slice(0, -1);
  const parent = at(tree, parentPath);
  const found = parent === undefined ? undefined : child(parent, last);
  if (parent === undefined || found === undefined) return rangeOf(tree, parentPath, "key");
  if (point === "value") return found.range;
  const entry = parent.kind === "mapping" ? parent.entries.get(String(last)) : undefined;
  return entry?.keyRange ?? found.range;
}

/** The path of the innermost value or key that holds the offset. */
export function pathAt(tree: Tree, offset: number): Path {
  const holds = (range: Range): boolean => range.offset <= offset && offset < range.offset + range.length;
  if (tree.kind === "list") {
    const index = tree.items.findIndex((item) => holds(item.range));
    const item = tree.items[index];
    return item === undefined ? [] : [index, ...pathAt(item, offset)];
  }
  if (tree.kind !== "mapping") return [];
  for (const [key, { keyRange, value }] of tree.entries) {
    if (holds(keyRange)) return [key];
    if (holds(value.range)) return [key, ...pathAt(value, offset)];
  }
  return [];
}

/** Whether the path leads to or through something that is refused as a whole, so that nothing can be said about it. */
export function isRefused(tree: Tree, path: Path): boolean {
  return (
    path.some((_, index) => at(tree, path.slice(0, index + 1))?.kind === "refused") || tree.kind === "refused"
  );
}

function child(tree: Tree, step: string | number): Tree | undefined {
  if (tree.kind === "mapping") return tree.entries.get(String(step))?.value;
  if (tree.kind === "list" && typeof step === "number") return tree.items[step];
  return undefined;
}
