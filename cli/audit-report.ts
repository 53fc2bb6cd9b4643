import { z } from "zod";

/**
 * What a finding is about: `drift`, not as the plan says; `leftover`, something by which access that is gone could come
 * back; `expired`, a grant in the team file that has ended; `unmanaged`, an account, key or right that this program did not
 * make; `unreachable`, the server could not be asked.
 */
export const findingKinds = ["drift", "leftover", "expired", "unmanaged", "unreachable"] as const;

export const finding = z.object({
  kind: z.enum(findingKinds),
  /** What it is about: a path, an account, or a part of the server such as `sudo`. */
  item: z.string(),
  /** What is wrong; follows the item. */
  sentence: z.string(),
  /** What to do about it. */
  fix: z.string(),
});

/** One thing on one server that is not as it should be. */
export type Finding = z.infer<typeof finding>;

/** What an audit says of one server. */
export interface ServerAudit {
  readonly server: string;
  readonly state: "clean" | "drift" | "unreachable";
  /** How long the server took to answer. */
  readonly seconds: number;
  /** What `--repair` changed there, in the words of the applier; empty without it. */
  readonly repaired: readonly string[];
  readonly findings: readonly Finding[];
}

/** The exit codes of the contract. An unreachable server weighs more than drift: nobody knows what is true there. */
export function auditExitCode(audits: readonly ServerAudit[]): 0 | 1 | 3 {
  if (audits.some(({ state }) => state === "unreachable")) return 3;
  return audits.some(({ state }) => state === "drift") ? 1 : 0;
}

/** The audit as JSON, in the form that docs/audit.md describes. */
export function formatAuditJson(audits: readonly ServerAudit[]): string {
  return `${JSON.stringify({ version: 1, summary: countStates(audits), servers: audits }, null, 2)}\n`;
}

/** The audit for people: a block for each server, a line for each finding, and a summary. */
export function formatAudit(audits: readonly ServerAudit[], seconds: number): string {
  const { clean, drift, unreachable } = countStates(audits);
  const blocks = audits.map(
    ({ server, state, repaired, findings }) =>
      `${server}: ${state}\n${[...repaired.map((line) => `  repaired     ${line}\n`), ...findings.map(findingLine)].join("")}`,
  );
  const counts = `${clean} clean, ${drift} with drift, ${unreachable} unreachable`;
  return `${blocks.join("")}${audits.length} servers in ${seconds.toFixed(1)} s: ${counts}.\n`;
}

function findingLine({ kind, item, sentence, fix }: Finding): string {
  return `  ${kind.padEnd("unreachable".length)}  ${item}: ${sentence} Fix: ${fix}\n`;
}

function countStates(audits: readonly ServerAudit[]): Record<ServerAudit["state"], number> {
  const count = (wanted: ServerAudit["state"]): number =>
    audits.filter(({ state }) => state === wanted).length;
  return { clean: count("clean"), drift: count("drift"), unreachable: count("unreachable") };
}
