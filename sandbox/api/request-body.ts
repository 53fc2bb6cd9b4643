import type { Context } from "hono";
import { z } from "zod";

import { apiError } from "./api-error";

/**
 * The JSON body of a request, checked. An empty body counts as `{}`: the real API takes actions without one.
 * Throws `json_error` or `invalid_input` with the fields at fault.
 */
export async function requestBody<Schema extends z.ZodType>(
  context: Context,
  schema: Schema,
): Promise<z.infer<Schema>> {
  const text = await context.req.text();
  const parsed = schema.safeParse(text === "" ? {} : parseJson(text));
  if (parsed.success) {
    return parsed.data;
  }
  const fields = parsed.error.issues.map((issue) => ({
    name: issue.path.join("."),
    messages: [issue.message],
  }));
  const names = fields.map((field) => field.name).join(", ");
  throw apiError("invalid_input", `invalid input in field '${names}'`, { fields });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw apiError("json_error", "invalid JSON in request");
  }
}

/** A name as the real API takes it: a letter or digit, then letters, digits, `.`, `-`, `_`; servers are stricter. */
export const resourceName = z.string().min(1).max(128);

/** Server names are host names (RFC 1123). */
export const serverName = z
  .string()
  .max(253)
  .regex(
    /^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$/,
    "invalid host name",
  );

const labelKey = /^([a-z0-9A-Z][a-z0-9A-Z.-]{0,252}\/)?[a-z0-9A-Z]([a-z0-9A-Z._-]{0,61}[a-z0-9A-Z])?$/;
const labelValue = /^([a-z0-9A-Z]([a-z0-9A-Z._-]{0,61}[a-z0-9A-Z])?)?$/;

/** Labels follow the same rules as Kubernetes labels: https://docs.hetzner.cloud, "Labels". */
export const labels = z.record(z.string().regex(labelKey), z.string().regex(labelValue));
