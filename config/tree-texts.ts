import { kindOf } from "./source";
import type { TextFinding } from "./source";
import { codePoint } from "./show";
import type { Range, Tree } from "./yaml-tree";

/**
 * Characters that only appear when escape sequences and line folding are read: `"wes\nALL"` holds no line end
 * in the file, and one in the value.
 */
export function findHiddenCharacters(tree: Tree): readonly TextFinding[] {
  return textsOf(tree).flatMap(({ text, range }) => {
    const characters = Array.from(text);
    const index = characters.findIndex((character) =>
      /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{DI}\u2800]/u.test(character),
    );
    const character = characters[index];
    if (character === undefined) return [];
    return [
      {
        ...range,
        sentence: `The value contains the ${kindOf(character)} ${codePoint(character)} at position ${index + 1}.`,
        fix: "Write it as plain text on one line.",
      },
    ];
  });
}

/** Every text of the tree, keys included. */
function textsOf(tree: Tree): readonly { readonly text: string; readonly range: Range }[] {
  switch (tree.kind) {
    case "text":
      return [tree];
    case "list":
      return tree.items.flatMap(textsOf);
    case "mapping":
      return [...tree.entries].flatMap(([text, { keyRange, value }]) => [
        { text, range: keyRange },
        ...textsOf(value),
      ]);
    case "nothing":
    case "refused":
      return [];
  }
}
