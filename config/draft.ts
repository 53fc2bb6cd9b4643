import type { z } from "zod";
import { defaults, grant, person } from "./schema";
import type { KeyPolicy } from "./schema";
import type { PersonalKey } from "./keys";
import type { Path } from "./path";

/**
 * As much of a team file as can be read, for the checks across it: one wrong value must not hide what is wrong
 * elsewhere. What is missing or cannot be read is `undefined`, and rules say nothing about it.
 */
export interface Draft {
  readonly people: readonly DraftPerson[];
  readonly grants: readonly DraftGrant[];
  /** Whether `defaults.server.type` is there, readable or not. */
  readonly hasDefaultServerType: boolean;
  /** `defaults.keyPolicy`, if it can be read. */
  readonly keyPolicy?: KeyPolicy;
  /** Whether `people` is there at all, as a mapping. */
  readonly hasPeople: boolean;
}

export interface DraftPerson {
  readonly path: Path;
  readonly login: string;
  readonly keys: readonly { readonly path: Path; readonly key: PersonalKey }[];
  /** Entries under `keys`, readable or not. */
  readonly keyEntries: number;
  /** Whether `keys` is a list or is left out; if not, a problem of its own says so. */
  readonly keysReadable: boolean;
  readonly uid?: number;
  /** Whether `server.type` is there, readable or not. */
  readonly hasServerType: boolean;
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
  const grants = Array.isArray(file["grants"]) ? (file["grants"] as unknown[]) : [];
  return {
    people: Object.entries(people).map(([login, entry]) => draftPerson(login, entry)),
    grants: grants.map((entry, index) => draftGrant(["grants", index], entry)),
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
  uid: personShape.uid,
  left: personShape.left,
};

function draftPerson(login: string, data: unknown): DraftPerson {
  const path = ["people", login];
  const entry = record(data);
  const list = Array.isArray(entry["keys"]) ? (entry["keys"] as unknown[]) : [];
  const keys = list.flatMap((item, index) => {
    const key = read(personFields.key, item);
    return key === undefined ? [] : [{ path: [...path, "keys", index], key }];
  });
  return {
    path,
    login,
    keys,
    keyEntries: list.length,
    keysReadable: isRecord(data) && (entry["keys"] === undefined || Array.isArray(entry["keys"])),
    hasServerType: hasType(entry["server"]),
    hasLeft: Object.hasOwn(entry, "left"),
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

/** A `server` that is not a mapping has a problem of its own. */
function hasType(server: unknown): boolean {
  return server !== undefined && (!isRecord(server) || server["type"] !== undefined);
}

function isRecord(data: unknown): data is Readonly<Record<string, unknown>> {
  return typeof data === "object" && data !== null && !Array.isArray(data);
}

function record(data: unknown): Readonly<Record<string, unknown>> {
  return isRecord(data) ? data : {};
}
