import { createHash, createPrivateKey, createPublicKey } from "node:crypto";
import { parseTeam, type ParseOptions, type ParseResult } from "../../config/parse";
import type { Team } from "../../config/team";

/** The present in these tests. */
export const now = Date.parse("2026-11-22T12:00:00Z");

/** A valid ed25519 public key line, a different one for each name and the same in every run. */
export function keyLine(name: string): string {
  const line = keyLines.get(name) ?? makeKeyLine(name);
  keyLines.set(name, line);
  return line;
}

const keyLines = new Map<string, string>();

function makeKeyLine(name: string): string {
  const seed = createHash("sha256").update(name).digest();
  const pkcs8 = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
  const key = createPublicKey(createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" }));
  const point = key.export({ format: "der", type: "spki" }).subarray(-32);
  const blob = Buffer.concat([wireString(Buffer.from("ssh-ed25519")), wireString(point)]);
  return `ssh-ed25519 ${blob.toString("base64")} ${name}@laptop`;
}

/** A key of a kind that lives in a person's hand, and never on a server. */
export function securityKeyLine(name: string): string {
  const type = "sk-ssh-ed25519@openssh.com";
  const point = Buffer.from(keyLine(name).split(" ")[1] ?? "", "base64").subarray(-32);
  const blob = [Buffer.from(type), point, Buffer.from("ssh:")].map(wireString);
  return `${type} ${Buffer.concat(blob).toString("base64")} ${name}@key`;
}

/** A key on the curve of Secure Enclaves. */
export const p256KeyLine =
  "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBGsX0fLhLEJH+Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT+NC4v4af5uO5+tKfA+eFivOM1drMV7Oy7ZAaDe/UfU= enclave";

/** A `string` of the SSH protocol: its length and its bytes. */
export function wireString(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** A valid team file with every kind of entry. */
export const validText = `defaults:
  server: { type: cx22, image: debian-12 }
  agents: [claude]
people:
  wes:
    name: Wes Example
    keys:
      - ${keyLine("wes")}
      - ${keyLine("wes-tablet")}
    agents: [claude, codex]
  nadia:
    keys:
      - ${keyLine("nadia")}
    server: { type: cpx31 }
  marcus:
    keys:
      - ${keyLine("marcus")}
    uid: 3000
  kim:
    left: 2026-03-01
    uid: 2004
  lou:
    left: { on: 2026-02-01, server: destroyed }
grants:
  - lead: marcus
    over: wes
  - lead: marcus
    over: nadia
    mode: watch
    until: 2026-12-31T23:59:59Z
    reason: onboarding
`;

/** The valid text with one change. Fails when there is nothing to change. */
export function changed(from: string, to: string): string {
  if (!validText.includes(from)) throw new Error(`The valid team file has no ${JSON.stringify(from)}.`);
  return validText.replace(from, () => to);
}

export function parse(text: string | Uint8Array, options: ParseOptions = {}): ParseResult {
  return parseTeam(typeof text === "string" ? Buffer.from(text) : text, "team.yaml", { now, ...options });
}

/** The problems as `LINE:COL: PATH: sentence`. */
export function problemsOf(text: string | Uint8Array, options: ParseOptions = {}): string[] {
  const result = parse(text, options);
  return result.ok
    ? []
    : result.problems.map(({ line, column, path, sentence }) => `${line}:${column}: ${path}: ${sentence}`);
}

/** The warnings as `LINE:COL: PATH: sentence`. */
export function warningsOf(text: string): string[] {
  return parse(text).warnings.map(
    ({ line, column, path, sentence }) => `${line}:${column}: ${path}: ${sentence}`,
  );
}

/** The team of a text that must be valid. */
export function teamOf(text: string): Team {
  const result = parse(text);
  if (!result.ok) throw new Error(problemsOf(text).join("\n"));
  return result.team;
}

/** A valid team file in which the first person leads all the others. */
export function textLedByOne(size: number): string {
  const logins = Array.from({ length: size }, (_, index) => `person-${index}`);
  const people = logins.map((login) => `  ${login}:\n    keys:\n      - ${keyLine(login)}\n`);
  const grants = logins.slice(1).map((login) => `  - { lead: person-0, over: ${login} }\n`);
  return `defaults: { server: { type: cx22 } }\npeople:\n${people.join("")}${grants.length === 0 ? "" : `grants:\n${grants.join("")}`}`;
}
