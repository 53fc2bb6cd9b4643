import type { Context } from "hono";

import { apiError, notFound } from "./api-error";
import type { Labels } from "./cloud-state";

/** The id in the request's path; an id that is not a number names nothing. */
export function pathId(context: Context, kind: string): number {
  const text = context.req.param("id") ?? "";
  if (!/^[0-9]{1,15}$/.test(text)) {
    throw notFound(kind, text);
  }
  return Number(text);
}

/** The item with that id, or `not_found` in the words of the real API. */
export function findById<T extends { readonly id: number }>(
  items: readonly T[],
  id: number,
  kind: string,
): T {
  const item = items.find((candidate) => candidate.id === id);
  if (item === undefined) {
    throw notFound(kind, id);
  }
  return item;
}

/** Refuses a name that another item has: `uniqueness_error`, `server name is already used`. */
export function refuseUsedName(
  items: readonly { readonly id: number; readonly name: string }[],
  name: string,
  kind: string,
  ownId?: number,
): void {
  if (items.some((item) => item.name === name && item.id !== ownId)) {
    throw apiError("uniqueness_error", `${kind} name is already used`);
  }
}

interface NamedItem {
  readonly id: number;
  name: string;
  labels: Labels;
}

/**
 * What `PUT` may change of every kind: the name, which no other item of the kind may have, and the labels.
 *
 * @returns The changed item.
 */
export function updateNameAndLabels<Item extends NamedItem>(
  items: readonly Item[],
  id: number,
  body: { readonly name?: string | undefined; readonly labels?: Labels | undefined },
  kind: string,
): Item {
  const found = findById(items, id, kind);
  if (body.name !== undefined) {
    refuseUsedName(items, body.name, kind, id);
  }
  found.name = body.name ?? found.name;
  found.labels = body.labels ?? found.labels;
  return found;
}

/** Refuses to delete what is protected: `server deletion is protected`. */
export function refuseProtected(protection: { readonly delete: boolean }, kind: string): void {
  if (protection.delete) {
    throw apiError("protected", `${kind} deletion is protected`);
  }
}
