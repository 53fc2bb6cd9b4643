import { agentOf, serverOf } from "../config/names";
import { show } from "../config/show";
import { didYouMean } from "../config/suggest";
import type { ServerReach } from "./server-reach";
import { exitCodes, progressOn } from "./terminal";
import type { Terminal } from "./terminal";

/** Exit codes beside those of all commands: the server could not do all of it, and it could not be reached. */
const failed = 1;
const unreachable = 3;

/**
 * `team freeze`: stops a person's agent at once and keeps it from running until it is thawed. It asks the stack and not the
 * team file, which may be in the middle of a change on a bad day. Returns the exit code: 0 done, 1 the server could not do all
 * of it, 2 there is no such person, 3 the server could not be reached.
 *
 * @param person Login.
 */
export function freeze(person: string, reach: ServerReach, terminal: Terminal): Promise<number> {
  return runThere("freeze", person, reach, terminal);
}

/** `team thaw`: takes a freeze back. Exit codes as for `freeze`. */
export function thaw(person: string, reach: ServerReach, terminal: Terminal): Promise<number> {
  return runThere("freeze --thaw", person, reach, terminal);
}

async function runThere(
  program: "freeze" | "freeze --thaw",
  person: string,
  reach: ServerReach,
  terminal: Terminal,
): Promise<number> {
  const reading = await reach.readStack();
  if (!reading.ok) {
    terminal.complain(`${reading.sentence}\n`);
    return exitCodes.invalid;
  }
  const { servers, deployKey, places } = reading.stack;
  const server = places.get(person) ?? serverOf(person);
  const at = servers.get(server);
  if (at === undefined) {
    const logins = [...places.keys()];
    terminal.complain(
      `The stack has no server of ${show(person)}.${didYouMean(person, logins)} Fix: use one of ${logins.join(", ")}.\n`,
    );
    return exitCodes.invalid;
  }
  return reach.withSsh(deployKey.privateKey, async (ssh) => {
    const started = Date.now();
    const doing = program === "freeze" ? "freezing" : "thawing";
    const answer = await progressOn(terminal).step(`${doing} ${agentOf(person)} on ${server}`, () =>
      ssh.run(server, at, program, JSON.stringify({ login: person })),
    );
    if (!answer.reached) {
      terminal.complain(
        `${server} could not be reached: ${answer.reason} Fix: use the provider's console; docs/freeze.md says how.\n`,
      );
      return unreachable;
    }
    terminal.print(answer.stdout);
    terminal.complain(answer.stderr);
    if (answer.code !== 0) return failed;
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    terminal.print(`${server} answered after ${seconds} s.\n`);
    return exitCodes.fine;
  });
}
