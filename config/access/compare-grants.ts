import type { Grant } from "../team";
import type { GrantChange } from "./change";
import { isInForce } from "./ends";

/**
 * What is different in the grants. A grant that has ended gives no access: taking it out removes nothing, and
 * giving it a new end is a new grant. One over somebody who moves ends on the one server and begins on the other.
 */
export function compareGrants(
  before: readonly Grant[],
  after: readonly Grant[],
  now: number,
  movers: ReadonlySet<string>,
): readonly GrantChange[] {
  const old = new Map(before.map((grant) => [pairOf(grant), grant]));
  const next = new Map(after.map((grant) => [pairOf(grant), grant]));
  return [...new Set([...old.keys(), ...next.keys()])].flatMap((pair) =>
    compareGrant(old.get(pair), next.get(pair), now, movers),
  );
}

function compareGrant(
  before: Grant | undefined,
  after: Grant | undefined,
  now: number,
  movers: ReadonlySet<string>,
): readonly GrantChange[] {
  const old = before !== undefined && isInForce(before, now) ? before : undefined;
  const next = after !== undefined && isInForce(after, now) ? after : undefined;
  if (old !== undefined && next !== undefined) {
    if (!movers.has(next.over)) return compareTerms(old, next);
    return [
      { kind: "grant removed", grant: old },
      { kind: "grant added", grant: next },
    ];
  }
  if (next !== undefined) return [{ kind: "grant added", grant: next }];
  if (old !== undefined) return [{ kind: "grant removed", grant: old }];
  return compareEnded(before, after);
}

function compareTerms(before: Grant, after: Grant): readonly GrantChange[] {
  const { lead, over } = after;
  const changes: GrantChange[] = [];
  if (before.mode !== after.mode)
    changes.push({ kind: "mode changed", lead, over, before: before.mode, after: after.mode });
  if (before.until !== after.until)
    changes.push({ kind: "end changed", lead, over, ...values(before.until, after.until) });
  if (before.reason !== after.reason)
    changes.push({ kind: "reason changed", lead, over, ...values(before.reason, after.reason) });
  return changes;
}

function compareEnded(before: Grant | undefined, after: Grant | undefined): readonly GrantChange[] {
  const { lead, over } = after ?? before ?? {};
  if (lead === undefined || over === undefined) return [];
  const common = { kind: "ended grant edited", lead, over } as const;
  if (before === undefined) return [{ ...common, edit: "added" }];
  if (after === undefined) return [{ ...common, edit: "removed" }];
  return compareTerms(before, after).length === 0 ? [] : [{ ...common, edit: "changed" }];
}

function values(before: string | undefined, after: string | undefined): { before?: string; after?: string } {
  return { ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) };
}

function pairOf({ lead, over }: Grant): string {
  return `${lead} ${over}`;
}
