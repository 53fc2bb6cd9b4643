import { toolNames, versionsOf, withInstallers, type ToolName } from "./catalogue";
import { usualTokenUser, type Credential, type GitIdentity } from "./git";
import { usualLimits, type Limits } from "./limits";
import { agentOf, serverOf } from "./names";
import type { PersonEntry, SessionManager, TeamFile } from "./schema";
import { systemImage } from "./server-types";
import type { ChosenTool, Person, Standing, Team } from "./team";
import type { TerminalName } from "./terminals";
import { assignUids } from "./uids";

/** A file without problems as a team: defaults filled in, uids assigned. */
export function toTeam(file: TeamFile): Team {
  const entries = Object.entries(file.people);
  const { uids } = assignUids(
    entries.map(([login, { uid }]) => (uid === undefined ? { login } : { login, uid })),
  );
  return {
    people: entries.map(([login, entry]) => toPerson(login, entry, file, uids)),
    grants: (file.grants ?? []).map(({ lead, over, mode, until, reason }) => ({
      lead,
      over,
      mode: mode ?? "attach",
      ...(until === undefined ? {} : { until }),
      ...(reason === undefined ? {} : { reason }),
    })),
    keyPolicy: file.defaults?.keyPolicy ?? "any",
    sessionManager: sessionManagerOf(file.defaults),
    terminal: terminalOf(file.defaults),
  };
}

function toPerson(
  login: string,
  entry: PersonEntry,
  file: TeamFile,
  uids: ReadonlyMap<string, number>,
): Person {
  const uid = uids.get(login);
  if (uid === undefined) throw new Error(`No uid was assigned to ${login}.`);
  return {
    login,
    ...(entry.name === undefined ? {} : { name: entry.name }),
    uid,
    server: {
      // A leaver whose server is destroyed has no type, and needs none.
      type: entry.server?.type ?? file.defaults?.server?.type ?? "",
      image: entry.server?.image ?? file.defaults?.server?.image ?? systemImage,
      backups: entry.server?.backups ?? file.defaults?.server?.backups ?? false,
    },
    ...toTools(entry, file),
    limits: toLimits({ ...file.defaults?.limits, ...entry.limits }),
    gitIdentity: toIdentity(login, entry, file),
    credentials: toCredentials(entry, file),
    repositories: entry.repositories ?? [],
    keys: entry.keys ?? [],
    standing: toStanding(entry),
  };
}

function toTools(entry: PersonEntry, { defaults }: TeamFile): Pick<Person, "agents" | "tools"> {
  const agents = entry.agents ?? defaults?.agents ?? [];
  const programs = entry.tools ?? defaults?.tools ?? [];
  const chosen: Readonly<Partial<Record<string, string>>> = { ...defaults?.versions, ...entry.versions };
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

function toLimits({ memory, cpus, tasks }: NonNullable<PersonEntry["limits"]>): Limits {
  return {
    memory: memory ?? usualLimits.memory,
    tasks: tasks ?? usualLimits.tasks,
    ...(cpus === undefined ? {} : { cpuPercent: cpus }),
  };
}

/** Without a domain the address ends in .invalid (RFC 2606), so that no stranger ever gets mail for it. */
function toIdentity(login: string, { git }: PersonEntry, { defaults }: TeamFile): GitIdentity {
  const agent = agentOf(login);
  return {
    name: `${agent} (agent of ${login})`,
    email: git?.email ?? `${agent}@${defaults?.gitDomain ?? `${serverOf(login)}.invalid`}`,
  };
}

function toCredentials({ git }: PersonEntry, { gitHosts }: TeamFile): readonly Credential[] {
  return Object.entries(git?.credentials ?? {}).map(([host, { key, token, user }]): Credential => {
    if (key === undefined)
      return { kind: "token", host, generation: token ?? "", user: user ?? usualTokenUser };
    return { kind: "key", host, generation: key, hostKeys: gitHosts?.[host]?.hostKeys ?? [] };
  });
}

function sessionManagerOf(defaults: TeamFile["defaults"]): SessionManager {
  return defaults?.sessionManager ?? "uxon";
}

/** The session manager is a tool of every server, whoever works there. */
function sessionTools(defaults: TeamFile["defaults"]): readonly ToolName[] {
  return toolNames("sessionManager").filter((name) => name === sessionManagerOf(defaults));
}

function terminalOf(defaults: TeamFile["defaults"]): TerminalName {
  return defaults?.terminal ?? "ssh";
}

/** So is the terminal; ssh is there without. */
function terminalTools(defaults: TeamFile["defaults"]): readonly ToolName[] {
  return toolNames("terminal").filter((name) => name === terminalOf(defaults));
}

function toStanding({ left }: PersonEntry): Standing {
  if (left === undefined) return { state: "active" };
  if (left.server === "keep") return { state: "left", on: left.on };
  return { state: "destroyed", on: left.on, ...(left.server === "archived" ? { snapshot: true } : {}) };
}
