import { createHash } from "node:crypto";

/**
 * The lines of an access document, read back. They are read here and not with the code that writes them: what is in force
 * on a server is what the lines say, whoever wrote them. A form that is not listed here is refused.
 */

/** One sudoers line: `who` may act as `runAs`. */
export interface SudoLine {
  readonly who: string;
  readonly runAs: string;
  readonly mode: "attach" | "watch";
  /** In UTC: `2026-12-31T23:59:59Z`. */
  readonly until?: string;
}

/** One authorized_keys line, of a person's own key or of a lead's hop key. */
export type KeyLine =
  | { readonly kind: "own"; readonly login: string; readonly fingerprint: string }
  | { readonly kind: "hop"; readonly lead: string; readonly from: string; readonly until?: string };

const sudoForm =
  /^([a-z][a-z0-9-]*) ALL=\(([a-z][a-z0-9-]*)\)(?: NOTAFTER=([0-9]{14})Z)? NOPASSWD:NOSETENV: (ALL|\/usr\/local\/lib\/team-runtime\/watch)$/;
const ownKeyForm =
  /^(?:(?:ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp[0-9]{3})|(?:verify-required )?sk-(?:ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com) ([A-Za-z0-9+/]+={0,2}) ([a-z][a-z0-9-]*)$/;
const hopKeyForm =
  /^restrict,pty,from="[0-9a-fA-F.:]+"(?:,expiry-time="([0-9]{14})Z")? ssh-ed25519 [A-Za-z0-9+/]+={0,2} ([a-z][a-z0-9-]*)@(dev-[a-z0-9-]+)$/;

/** Reads `marcus ALL=(wes-agent) NOTAFTER=20261231235959Z NOPASSWD:NOSETENV: ALL`; nothing for any other form. */
export function readSudoLine(line: string): SudoLine | undefined {
  const [, who, runAs, end, command] = sudoForm.exec(line) ?? [];
  if (who === undefined || runAs === undefined) return undefined;
  return { who, runAs, mode: command === "ALL" ? "attach" : "watch", ...endOf(end) };
}

/** Reads an authorized_keys line; nothing for any other form. */
export function readKeyLine(line: string): KeyLine | undefined {
  const [, end, lead, from] = hopKeyForm.exec(line) ?? [];
  if (lead !== undefined && from !== undefined) return { kind: "hop", lead, from, ...endOf(end) };
  const [, base64, login] = ownKeyForm.exec(line) ?? [];
  if (base64 === undefined || login === undefined) return undefined;
  const digest = createHash("sha256").update(Buffer.from(base64, "base64")).digest("base64");
  return { kind: "own", login, fingerprint: `SHA256:${digest.replace(/=+$/, "")}` };
}

/** `20261231235959` → `2026-12-31T23:59:59Z`. */
function endOf(digits: string | undefined): { readonly until?: string } {
  const parts = /^(....)(..)(..)(..)(..)(..)$/.exec(digits ?? "")?.slice(1);
  if (parts === undefined) return {};
  const [year, month, day, hour, minute, second] = parts as [string, string, string, string, string, string];
  return { until: `${year}-${month}-${day}T${hour}:${minute}:${second}Z` };
}
