import type { Draft, DraftPerson } from "../draft";
import type { PathFinding } from "../schema-problems";

/** What the checks across the file depend on besides the file. */
export interface RuleContext {
  /** The present, in milliseconds since 1970. */
  readonly now: number;
  /** Whether the sandbox's key pairs, which everybody has, may be used. */
  readonly throwawayKeys: "allowed" | "refused";
}

/** A check across the team file: what contradicts what. It says nothing about values that could not be read. */
export type Rule = (draft: Draft, context: RuleContext) => readonly PathFinding[];

/** People by login. A name of the file is never looked up in a plain object. */
export function directoryOf(draft: Draft): ReadonlyMap<string, DraftPerson> {
  return new Map(draft.people.map((person) => [person.login, person]));
}

/** ` (left 2026-11-01)` for a leaver, otherwise nothing. */
export function leftOn(person: DraftPerson): string {
  return person.left === undefined ? "" : ` (left ${person.left.on})`;
}
