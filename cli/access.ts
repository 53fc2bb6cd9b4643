import { accessMatrix } from "../config/access/matrix";
import type { AccessMatrix } from "../config/access/matrix";
import { formatAccessCsv } from "./access-csv";
import { formatAccessPage } from "./access-page/page";
import { formatAccessText } from "./access-text";
import { loadForCommand } from "./team-option";
import { exitCodes } from "./terminal";
import type { Terminal } from "./terminal";

export interface AccessRequest {
  readonly file: string;
  readonly format: "text" | "json" | "csv" | "html";
  /** The present, in milliseconds since 1970. */
  readonly now: number;
}

/** `team access`: who can reach what. Returns the exit code. */
export function access({ file, format, now }: AccessRequest, terminal: Terminal): number {
  const loaded = loadForCommand(file, terminal);
  if (typeof loaded === "number") return loaded;
  const matrix = accessMatrix(loaded.team, now);
  switch (format) {
    case "text":
      terminal.print(formatAccessText(matrix, now));
      break;
    case "json":
      terminal.print(formatAccessJson(matrix));
      break;
    case "csv":
      terminal.print(formatAccessCsv(matrix));
      break;
    case "html":
      terminal.print(formatAccessPage(matrix, { file, now }));
      break;
  }
  return exitCodes.fine;
}

/** The matrix as JSON, as `docs/access.md` describes it. It depends on the file and, where a grant has ended, the day. */
export function formatAccessJson(matrix: AccessMatrix): string {
  return `${JSON.stringify({ version: 1, ...matrix }, undefined, 2)}\n`;
}
