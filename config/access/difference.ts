import { isDeepStrictEqual } from "node:util";
import { rowName } from "./matrix";
import type { AccessMatrix, AccessRow } from "./matrix";

/** Row by row, how one matrix becomes another. All in the order of the matrix. */
export interface MatrixDifference {
  readonly gained: readonly AccessRow[];
  readonly lost: readonly AccessRow[];
  /** The same person, server and account, with other keys, another mode, end or reason. */
  readonly changed: readonly { readonly before: AccessRow; readonly after: AccessRow }[];
}

/** What a matrix says of access itself. */
type Rows = Pick<AccessMatrix, "rows">;

/** Compares two matrices: what a person can reach in the one and not in the other, or otherwise. */
export function matrixDifference(before: Rows, after: Rows): MatrixDifference {
  const old = new Map(before.rows.map((row) => [rowName(row), row]));
  const names = new Set(after.rows.map(rowName));
  return {
    gained: after.rows.filter((row) => !old.has(rowName(row))),
    lost: before.rows.filter((row) => !names.has(rowName(row))),
    changed: after.rows.flatMap((row) => {
      const earlier = old.get(rowName(row));
      return earlier === undefined || isDeepStrictEqual(earlier, row)
        ? []
        : [{ before: earlier, after: row }];
    }),
  };
}
