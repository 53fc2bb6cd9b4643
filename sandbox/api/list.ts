import type { Context } from "hono";

import { apiError } from "./api-error";
import type { Labels } from "./cloud-state";

/** What a listed thing may be filtered by. */
export interface Listed {
  readonly id: number;
  readonly name?: string | null;
  readonly labels?: Labels;
}

const defaultPageSize = 25;
const largestPageSize = 50;

/**
 * A list answer as the real API gives it: `?name=`, `?label_selector=`, `?page=` and `?per_page=` (25, at most 50),
 * with `meta.pagination`.
 */
export function listResponse(context: Context, key: string, items: readonly Listed[]): Response {
  const name = context.req.query("name");
  const selector = context.req.query("label_selector");
  const hasLabels = selector === undefined ? () => true : parseSelector(selector);
  const matching = items.filter(
    (item) => (name === undefined || item.name === name) && hasLabels(item.labels ?? {}),
  );
  const page = positiveNumber(context, "page", 1);
  const perPage = Math.min(positiveNumber(context, "per_page", defaultPageSize), largestPageSize);
  const lastPage = Math.max(1, Math.ceil(matching.length / perPage));
  return context.json({
    [key]: matching.slice((page - 1) * perPage, page * perPage),
    meta: {
      pagination: {
        page,
        per_page: perPage,
        previous_page: page > 1 ? page - 1 : null,
        next_page: page < lastPage ? page + 1 : null,
        last_page: lastPage,
        total_entries: matching.length,
      },
    },
  });
}

function positiveNumber(context: Context, parameter: string, otherwise: number): number {
  const text = context.req.query(parameter) ?? String(otherwise);
  if (!/^[1-9][0-9]{0,5}$/.test(text)) {
    throw apiError("invalid_input", `invalid value for query parameter '${parameter}'`);
  }
  return Number(text);
}

type LabelTest = (labels: Labels) => boolean;

/**
 * Label selectors: `key`, `!key`, `key=value`, `key==value`, `key!=value`, `key in (a,b)`, `key notin (a,b)`, joined by
 * commas. Throws `invalid_input` for anything else.
 */
export function parseSelector(selector: string): LabelTest {
  const tests = selector.split(/,(?![^(]*\))/).map((term) => parseTerm(term.trim()));
  return (labels) => tests.every((test) => test(labels));
}

function parseTerm(term: string): LabelTest {
  const set = /^([^\s!=]+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(term);
  if (set !== null) {
    const [, key = "", operator, list = ""] = set;
    const values = list.split(",").map((value) => value.trim());
    return (labels) => values.includes(labels[key] ?? "") === (operator === "in");
  }
  const comparison = /^([^\s!=]+)\s*(==|=|!=)\s*([^\s!=]*)$/.exec(term);
  if (comparison !== null) {
    const [, key = "", operator, value] = comparison;
    return (labels) => (labels[key] === value) === (operator !== "!=");
  }
  const presence = /^(!?)([^\s!=()]+)$/.exec(term);
  if (presence !== null) {
    const [, not, key = ""] = presence;
    return (labels) => (labels[key] !== undefined) === (not === "");
  }
  throw apiError("invalid_input", `invalid label selector '${term}'`);
}
