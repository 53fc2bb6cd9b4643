import { agentOf } from "../config/names";
import type { Team } from "../config/team";

/** A command and what comes of it. */
type Step = readonly [command: string, meaning: string];

/**
 * What a newcomer may try in a sandbox that is up, with names of its team: the first lead of the file and whom they lead.
 *
 * @param withLaptop Who has a laptop key, and can be logged in as.
 */
export function nextSteps(team: Team, withLaptop: readonly string[]): string {
  const steps: readonly Step[] = [
    ...loginSteps(team, withLaptop),
    ["npm run sandbox -- exec pulumi preview --diff", "see what a change of team.dev.yaml would do …"],
    ["npm run sandbox", "… and apply it"],
    ["npm run sandbox -- down", "remove it all"],
  ];
  const lines = steps.map(([command, meaning]) => `  ${meaning}\n    ${command}\n`);
  const present = team.people.filter(({ standing }) => standing.state !== "destroyed");
  const servers = [...new Set(present.map(({ serverName }) => serverName))];
  return `\nThe sandbox is up with ${servers.join(", ") || "no server"}. What to try next:\n${lines.join("")}`;
}

/** A developer's own way in, a lead's, and what neither may. */
function loginSteps(team: Team, withLaptop: readonly string[]): readonly Step[] {
  const canLogIn = (login: string): boolean =>
    withLaptop.includes(login) &&
    team.people.some((person) => person.login === login && person.standing.state === "active");
  const grant = team.grants.find(
    ({ lead, over, mode }) => mode === "attach" && canLogIn(lead) && canLogIn(over),
  );
  const person = grant?.over ?? team.people.find(({ login }) => canLogIn(login))?.login;
  if (person === undefined) return [];
  const server = team.people.find(({ login }) => login === person)?.serverName ?? "";
  const agent = agentOf(person);
  const ssh = (login: string, ...words: readonly string[]): string =>
    ["npm run sandbox -- ssh", `${login}@${server}`, ...words].join(" ");
  const login: Step = [ssh(person), `log in as ${person}`];
  const session: Step = [
    ssh(person, `sudo -u ${agent} tmux new-session -d -s work`),
    `start a session as ${agent}, which ${person} may`,
  ];
  const root: Step = [ssh(person, "sudo -n id"), "be refused: nobody is root"];
  if (grant === undefined) return [login, session, root];
  const { lead } = grant;
  return [
    login,
    session,
    [ssh(lead, `sudo -u ${agent} tmux ls`), `see it as ${lead}, who leads ${person} …`],
    [ssh(lead, `sudo -u ${agent} tmux attach`), "… and join in (Ctrl-b d leaves it)"],
    root,
    [ssh(lead, `sudo -n -u ${person} id`), "be refused: a lead gets the agent, never the person"],
  ];
}
