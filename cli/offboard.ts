import { toolNames } from "../config/catalogue";
import { agentOf, isOwnServer } from "../config/names";
import { show } from "../config/show";
import { didYouMean } from "../config/suggest";
import type { Person } from "../config/team";
import {
  credentialsOfAgents,
  credentialsOfGit,
  credentialsOfPeople,
  credentialsOfTools,
  type ExternalCredential,
} from "./external-credentials";
import { loadForCommand } from "./team-option";
import { exitCodes } from "./terminal";
import type { Terminal } from "./terminal";

/** Exit code beside those of all commands: the person has not left, so nothing was taken away. */
const stillActive = 1;

/**
 * `team offboard`: what the team file takes from a leaver, and a checklist of what only people can take back elsewhere.
 * Reads the team file alone. Returns the exit code: 0; 1 the person has not left; 2 there is no such person.
 *
 * @param person Login.
 */
export function offboard(person: string, file: string, terminal: Terminal): number {
  const loaded = loadForCommand(file, terminal);
  if (typeof loaded === "number") return loaded;
  const { people } = loaded.team;
  const found = people.find(({ login }) => login === person);
  if (found === undefined) {
    const logins = people.map(({ login }) => login);
    terminal.complain(
      `The team has nobody called ${show(person)}.${didYouMean(person, logins)} Fix: use one of ${logins.join(", ")}.\n`,
    );
    return exitCodes.invalid;
  }
  terminal.print(`${[...takenAway(found), "", ...checklist(found)].join("\n")}\n`);
  return found.standing.state === "active" ? stillActive : exitCodes.fine;
}

function takenAway({ login, serverName: server, uid, standing }: Person): readonly string[] {
  const isShared = !isOwnServer(server, login);
  if (standing.state === "active") {
    return [
      `${login} is active: nothing has been taken away yet. Write left: DATE in place of the entry, and apply it (docs/runbook.md, "Somebody leaves").`,
    ];
  }
  const common = [
    `${login} left on ${standing.on}. By the team file, from the next pulumi up on:`,
    `  ${login} has no key, no account and no grant on any other server, and nothing of theirs runs there`,
  ];
  const own =
    standing.state === "left"
      ? [
          `  on ${server} the accounts ${login} and ${agentOf(login)} are locked, with nothing running; ${isShared ? "their files are" : "the disk is"} kept`,
          "  prove it: npm run -s team -- audit",
        ]
      : [
          isShared
            ? `  on ${server} the accounts ${login} and ${agentOf(login)} are removed; their homes are archived there for root, with every secret that was in them`
            : standing.snapshot === true
              ? `  ${server} is destroyed; a snapshot of its disk is kept in the Hetzner project, with every secret that was on it`
              : `  ${server} is destroyed, with all that was on it`,
        ];
  return [
    ...common,
    ...own,
    `  uid ${String(uid)} (and ${String(uid + 1)} of the agent) goes to nobody else`,
  ];
}

function checklist(person: Person): readonly string[] {
  const home = `/home/${agentOf(person.login)}`;
  // A leaver's entry may not say any more which tools there were, so all of them are asked for.
  const tools = toolNames("agent").filter(
    (tool) => person.standing.state !== "active" || person.agents.includes(tool),
  );
  const ofAgent = [...tools.flatMap((tool) => credentialsOfTools[tool] ?? []), ...credentialsOfAgents];
  const look =
    person.standing.state === "destroyed"
      ? ""
      : ` (look on ${person.serverName} in ${home} and /srv/projects/${person.login})`;
  return [
    `What no server can take back. Tick off each where it was given out${look}:`,
    ...credentialsOfGit(person).map((sentence) => `  [ ] ${sentence}`),
    ...ofAgent.map(
      ({ revoke, traces }: ExternalCredential) => `  [ ] ${revoke}; traces: ${traces.join(", ")}`,
    ),
    ...credentialsOfPeople.map((sentence) => `  [ ] ${sentence}`),
  ];
}
