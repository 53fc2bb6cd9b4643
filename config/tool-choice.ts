import { toolNames, versionsOf, withInstallers, type ToolName } from "./catalogue";
import type { PersonEntry, SessionManager, TeamFile } from "./schema";
import type { ChosenTool, Person } from "./team";
import type { TerminalName } from "./terminals";

type Defaults = NonNullable<TeamFile["defaults"]>;

/** What is installed for a person: what the entry says, else the defaults, with versions and with what the tools need. */
export function chooseTools(
  entry: Pick<PersonEntry, "agents" | "tools" | "versions">,
  defaults: Pick<Defaults, "agents" | "tools" | "versions" | "sessionManager" | "terminal">,
): Pick<Person, "agents" | "tools"> {
  const agents = entry.agents ?? defaults.agents ?? [];
  const programs = entry.tools ?? defaults.tools ?? [];
  const chosen: Readonly<Partial<Record<string, string>>> = { ...defaults.versions, ...entry.versions };
  const tools = withInstallers([
    ...agents,
    ...programs,
    ...sessionTools(defaults),
    ...terminalTools(defaults),
  ]).map((name): ChosenTool => {
    const version = chosen[name] ?? versionsOf(name)[0];
    return version === undefined ? { name } : { name, version };
  });
  return { agents, tools };
}

/** What shows sessions on all servers of the team. */
export function sessionManagerOf(defaults: Pick<Defaults, "sessionManager">): SessionManager {
  return defaults.sessionManager ?? "uxon";
}

/** The session manager is a tool of every server, whoever works there. */
function sessionTools(defaults: Pick<Defaults, "sessionManager">): readonly ToolName[] {
  return toolNames("sessionManager").filter((name) => name === sessionManagerOf(defaults));
}

/** What people come by, beside ssh. */
export function terminalOf(defaults: Pick<Defaults, "terminal">): TerminalName {
  return defaults.terminal ?? "ssh";
}

/** So is the terminal; ssh is there without. */
function terminalTools(defaults: Pick<Defaults, "terminal">): readonly ToolName[] {
  return toolNames("terminal").filter((name) => name === terminalOf(defaults));
}
