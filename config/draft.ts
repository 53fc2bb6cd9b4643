import type { z } from "zod";
import { repository } from "./fields";
import { credential, defaults, grant, person } from "./schema";
import type { KeyPolicy, PersonEntry } from "./schema";
import type { PersonalKey } from "./keys";
import type { Path } from "./path";
import type { Repository } from "./repositories";
import type { ChosenTool } from "./team";
import { chooseTools } from "./tool-choice";

/**
 * As much of a team file as can be read, for the checks across it: one wrong value must not hide what is wrong
 * elsewhere. What is missing or cannot be read is `undefined`, and rules say nothing about it.
 */
export interface Draft {
  readonly people: readonly DraftPerson[];
  readonly grants: readonly DraftGrant[];
  readonly gitHosts: readonly DraftGitHost[];
  readonly servers: readonly DraftServer[];
  /** Whether `defaults.server.type` is there, readable or not. */
  readonly hasDefaultServerType: boolean;
  /** `defaults.keyPolicy`, if it can be read. */
  readonly keyPolicy?: KeyPolicy;
  /** Whether `people` is there at all, as a mapping. */
  readonly hasPeople: boolean;
}

/** A host under `gitHosts`. */
export interface DraftGitHost {
  readonly path: Path;
  readonly host: string;
  /** Entries under `hostKeys`, readable or not. */
  readonly hostKeys: number;
}

/** A host under `git.credentials` of a person; without a `kind` when the entry cannot be read. */
export interface DraftCredential {
  readonly path: Path;
  readonly host: string;
  readonly kind?: "key" | "token";
}

/** An entry of `servers`. */
export interface DraftServer {
  readonly path: Path;
  readonly name: string;
  /** Whether `type` is there, readable or not. */
  readonly hasType: boolean;
}

export interface DraftPerson {
  readonly path: Path;
  readonly login: string;
  readonly keys: readonly { readonly path: Path; readonly key: PersonalKey }[];
  /** Entries under `keys`, readable or not. */
  readonly keyEntries: number;
  /** Whether `keys` is a list or is left out; if not, a problem of its own says so. */
  readonly keysReadable: boolean;
  readonly credentials: readonly DraftCredential[];
  readonly repositories: readonly { readonly path: Path; readonly repository: Repository }[];
  readonly uid?: number;
  /** Whether `server.type` is there, readable or not. */
  readonly hasServerType: boolean;
  /** The shared server that `server` names. */
  readonly sharedServer?: string;
  /** What would be installed for this person; absent when something that decides it cannot be read. */
  readonly tools?: readonly ChosenTool[];
  readonly left?: z.infer<typeof person>["left"];
  /** Whether `left` is there, readable or not. */
  readonly hasLeft: boolean;
}

export interface DraftGrant {
  readonly path: Path;
  readonly lead?: string;
  readonly over?: string;
  readonly until?: string;
}

/** Reads what can be read. Never throws, whatever the data is. */
export function draft(data: unknown): Draft {
  const file = record(data);
  const people = record(file["people"]);
  const fallback = record(file["defaults"]);
  const grants = list(file["grants"]);
  return {
    people: Object.entries(people).map(([login, entry]) => draftPerson(login, entry, file["defaults"])),
    grants: grants.map((entry, index) => draftGrant(["grants", index], entry)),
    gitHosts: Object.entries(record(file["gitHosts"])).map(([host, entry]) => ({
      path: ["gitHosts", host],
      host,
      hostKeys: list(record(entry)["hostKeys"]).length,
    })),
    servers: Object.entries(record(file["servers"])).map(([name, entry]) => ({
      path: ["servers", name],
      name,
      hasType: hasType(entry),
    })),
    hasDefaultServerType: hasType(fallback["server"]),
    ...optional("keyPolicy", read(defaultsShape.keyPolicy, fallback["keyPolicy"])),
    hasPeople: isRecord(file["people"]),
  };
}

const personShape = person.unwrap().shape;
const defaultsShape = defaults.unwrap().shape;
const grantShape = grant.unwrap().shape;

const personFields = {
  key: personShape.keys.unwrap().unwrap().element,
  repository,
  uid: personShape.uid,
  left: personShape.left,
  server: personShape.server,
};

/** What decides which tools there are. */
const choices = person.unwrap().pick({ agents: true, tools: true, versions: true }).strip();
const defaultChoices = defaults
  .unwrap()
  .pick({ agents: true, tools: true, versions: true, sessionManager: true })
  .strip();

function draftTools(entry: unknown, fileDefaults: unknown): readonly ChosenTool[] | undefined {
  const own = read(choices, entry);
  const common = fileDefaults === undefined ? {} : read(defaultChoices, fileDefaults);
  return own === undefined || common === undefined ? undefined : chooseTools(own, common).tools;
}

function draftPerson(login: string, data: unknown, fileDefaults: unknown): DraftPerson {
  const path = ["people", login];
  const entry = record(data);
  const keyEntries = list(entry["keys"]);
  const keys = keyEntries.flatMap((item, index) => {
    const key = read(personFields.key, item);
    return key === undefined ? [] : [{ path: [...path, "keys", index], key }];
  });
  return {
    path,
    login,
    keys,
    keyEntries: keyEntries.length,
    keysReadable: isRecord(data) && (entry["keys"] === undefined || Array.isArray(entry["keys"])),
    credentials: Object.entries(record(record(entry["git"])["credentials"])).map(([host, item]) => {
      const found = read(credential, item);
      return {
        path: [...path, "git", "credentials", host],
        host,
        ...(found === undefined ? {} : { kind: found.key === undefined ? "token" : "key" }),
      };
    }),
    repositories: list(entry["repositories"]).flatMap((item, index) => {
      const repository = read(personFields.repository, item);
      return repository === undefined ? [] : [{ path: [...path, "repositories", index], repository }];
    }),
    hasServerType: hasType(entry["server"]),
    hasLeft: Object.hasOwn(entry, "left"),
    ...optional("sharedServer", nameIn(read(personFields.server, entry["server"]))),
    ...optional("tools", draftTools(data, fileDefaults)),
    ...optional("uid", read(personFields.uid, entry["uid"])),
    ...optional("left", read(personFields.left, entry["left"])),
  };
}

function draftGrant(path: Path, data: unknown): DraftGrant {
  const entry = record(data);
  return {
    path,
    ...optional("lead", read(grantShape.lead, entry["lead"])),
    ...optional("over", read(grantShape.over, entry["over"])),
    ...optional("until", read(grantShape.until, entry["until"])),
  };
}

function read<Value>(schema: z.ZodType<Value>, data: unknown): Value | undefined {
  const result = schema.safeParse(data);
  return result.success ? result.data : undefined;
}

function optional<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): Partial<Record<Name, Value>> {
  return value === undefined ? {} : ({ [name]: value } as Partial<Record<Name, Value>>);
}

function nameIn(server: PersonEntry["server"]): string | undefined {
  return typeof server === "string" ? server : undefined;
}

/** A `server` that is neither a mapping nor the name of a shared one has a problem of its own. */
function hasType(server: unknown): boolean {
  if (typeof server === "string") return false;
  return server !== undefined && (!isRecord(server) || server["type"] !== undefined);
}

function isRecord(data: unknown): data is Readonly<Record<string, unknown>> {
  return typeof data === "object" && data !== null && !Array.isArray(data);
}

function list(data: unknown): readonly unknown[] {
  return Array.isArray(data) ? (data as unknown[]) : [];
}

function record(data: unknown): Readonly<Record<string, unknown>> {
  return isRecord(data) ? data : {};
}
