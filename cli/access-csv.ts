import type { AccessMatrix, AccessRow } from "../config/access/matrix";

const head = ["person", "server", "account", "how", "from", "mode", "until", "why", "over", "reason", "keys"];

/**
 * The matrix as comma-separated values (RFC 4180, but lines end with a line feed), one line for each row. What is
 * not there is empty. A field that a spreadsheet would take for a formula starts with an apostrophe.
 */
export function formatAccessCsv({ rows }: AccessMatrix): string {
  return [head, ...rows.map(fieldsOf)].map((fields) => `${fields.map(field).join(",")}\n`).join("");
}

function fieldsOf({ person, server, account, how, mode, until, why }: AccessRow): readonly string[] {
  const isGrant = why.because === "grant";
  return [
    person,
    server,
    account,
    how.by,
    how.by === "hop-key" ? how.from : "",
    mode,
    until ?? "",
    why.because,
    isGrant ? why.over : "",
    isGrant ? (why.reason ?? "") : "",
    how.by === "ssh-key" ? how.keys.join(" ") : "",
  ];
}

function field(text: string): string {
  const harmless = /^[=+\-@]/.test(text) ? `'${text}` : text;
  return /[",]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
