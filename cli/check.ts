import { isThrowawayKey } from "../config/throwaway-keys";
import type { Team } from "../config/team";
import { loadForCommand } from "./team-option";
import { exitCodes } from "./terminal";
import type { Terminal } from "./terminal";

/** `team check`: every problem of a team file at once. Returns the exit code. */
export function check(file: string, terminal: Terminal): number {
  const loaded = loadForCommand(file, terminal);
  if (typeof loaded === "number") return loaded;
  terminal.print(`${file}: ${summary(loaded.team)}\n`);
  return exitCodes.fine;
}

function summary({ people, grants }: Team): string {
  const leavers = people.filter(({ standing }) => standing.state !== "active").length;
  const facts = [
    count(people.length - leavers, "person", "people"),
    ...(leavers === 0 ? [] : [count(leavers, "leaver", "leavers")]),
    count(grants.length, "grant", "grants"),
    "no problems.",
  ].join(", ");
  const isForSandbox = people.some(({ keys }) => keys.some(isThrowawayKey));
  return isForSandbox ? `${facts} It has throw-away keys, so it works in the local sandbox only.` : facts;
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}
