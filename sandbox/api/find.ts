import type { Context } from "hono";

import { apiError, notFound } from "./api-error";

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

/** Refuses to delete what is protected: `server deletion is protected`. */
export function refuseProtected(protection: { readonly delete: boolean }, kind: string): void {
  if (protection.delete) {
    throw apiError("protected", `${kind} deletion is protected`);
  }
}
