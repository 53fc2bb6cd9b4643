import { looksSecret } from "./secrets";

/** Further apart than this, a suggestion is a guess. */
const farthest = 2;

/**
 * The candidate that the writer most likely meant, if one is near: the same but for case, or at most two
 * letters wrong, missing, added or swapped (and less than half of the word).
 */
export function nearest(written: string, candidates: readonly string[]): string | undefined {
  if (written.length > 64) return undefined;
  const word = written.toLowerCase();
  const allowed = Math.min(farthest, Math.ceil(word.length / 2) - 1);
  let best: { readonly candidate: string; readonly distance: number } | undefined;
  for (const candidate of candidates) {
    const distance = editDistance(word, candidate.toLowerCase(), farthest);
    if (distance <= allowed && distance < (best?.distance ?? Infinity)) best = { candidate, distance };
  }
  return best?.candidate;
}

/** ` Did you mean "marcus"?`, with its leading space, or nothing. */
export function didYouMean(written: string, candidates: readonly string[]): string {
  const candidate = nearest(
    written,
    candidates.filter((name) => /^[\x21-\x7e]{1,64}$/.test(name) && !looksSecret(name)),
  );
  return candidate === undefined ? "" : ` Did you mean "${candidate}"?`;
}

/** Edits between two words, counting a swap of neighbours as one; more than `limit` is not told apart. */
function editDistance(left: string, right: string, limit: number): number {
  if (Math.abs(left.length - right.length) > limit) return limit + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1];
      const swapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      current.push(
        Math.min(
          (last[column] ?? 0) + 1,
          (current[column - 1] ?? 0) + 1,
          (last[column - 1] ?? 0) + (same ? 0 : 1),
          row > 1 && column > 1 && swapped ? (beforeLast[column - 2] ?? 0) + 1 : Infinity,
        ),
      );
    }
    beforeLast = last;
    last = current;
  }
  return last[right.length] ?? 0;
}
