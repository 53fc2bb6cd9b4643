import { randomInt } from "node:crypto";

export interface PasswordRules {
  readonly length: number;
  readonly kinds: readonly {
    readonly characters: string;
    readonly used: boolean;
    readonly minimum: number;
  }[];
}

/**
 * A random password: first the wanted minimum of each kind of character, then any of the used kinds, then shuffled.
 * Throws when no kind is used or the minimums do not fit.
 */
export function generatePassword({ length, kinds }: PasswordRules): string {
  const all = kinds.map(({ characters, used }) => (used ? characters : "")).join("");
  const wanted = kinds.flatMap(({ characters, minimum }) =>
    Array.from({ length: minimum }, () => pick(characters)),
  );
  if (all === "" || length < 1 || wanted.length > length) {
    throw new Error("random_password: no password has the wanted length and characters");
  }
  const rest = Array.from({ length: length - wanted.length }, () => pick(all));
  return shuffled([...wanted, ...rest]).join("");
}

function pick(characters: string): string {
  return characters.charAt(randomInt(characters.length));
}

/** Fisher and Yates. */
function shuffled(items: readonly string[]): string[] {
  const left = [...items];
  return Array.from(items, () => left.splice(randomInt(left.length), 1)[0] ?? "");
}
