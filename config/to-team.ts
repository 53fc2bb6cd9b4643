import { usualTokenUser, type Credential, type GitIdentity } from "./git";
import { usualLimitsAmong, type Limits } from "./limits";
import { agentOf, serverOf } from "./names";
import type { PersonEntry, TeamFile } from "./schema";
import { systemImage } from "./server-types";
import type { Person, Standing, Team } from "./team";
import { chooseTools, sessionManagerOf, terminalOf } from "./tool-choice";
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
    sessionManager: sessionManagerOf(file.defaults ?? {}),
    terminal: terminalOf(file.defaults ?? {}),
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
    serverName: typeof entry.server === "string" ? entry.server : serverOf(login),
    server: toServer(entry, file),
    ...chooseTools(entry, file.defaults ?? {}),
    limits: toLimits({ ...file.defaults?.limits, ...entry.limits }, usualLimitsAmong(companyOf(entry, file))),
    gitIdentity: toIdentity(login, entry, file),
    credentials: toCredentials(entry, file),
    repositories: entry.repositories ?? [],
    keys: entry.keys ?? [],
    standing: toStanding(entry),
  };
}

function toServer({ server }: PersonEntry, { defaults, servers }: TeamFile): Person["server"] {
  const special = typeof server === "string" ? servers?.[server] : server;
  return {
    // A leaver whose server is destroyed has no type, and needs none.
    type: special?.type ?? defaults?.server?.type ?? "",
    image: special?.image ?? defaults?.server?.image ?? systemImage,
    backups: special?.backups ?? defaults?.server?.backups ?? false,
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

/** How many active people work on the server of this one. */
function companyOf({ left, server }: PersonEntry, { people }: TeamFile): number {
  if (typeof server !== "string" || left !== undefined) return 1;
  return Object.values(people).filter((other) => other.server === server && other.left === undefined).length;
}

function toLimits({ memory, cpus, tasks, disk }: NonNullable<PersonEntry["limits"]>, usual: Limits): Limits {
  return {
    memory: memory ?? usual.memory,
    tasks: tasks ?? usual.tasks,
    ...(cpus === undefined ? {} : { cpuPercent: cpus }),
    ...(disk === undefined ? {} : { disk }),
  };
}

function toStanding({ left }: PersonEntry): Standing {
  if (left === undefined) return { state: "active" };
  if (left.server === "keep") return { state: "left", on: left.on };
  return { state: "destroyed", on: left.on, ...(left.server === "archived" ? { snapshot: true } : {}) };
}
