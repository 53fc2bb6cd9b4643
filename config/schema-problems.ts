import type { z } from "zod";
import type { Finding } from "./problem";
import type { Path } from "./path";
import { defaults, grant, person, teamFile, versionedTools } from "./schema";
import { show } from "./show";
import { didYouMean } from "./suggest";
import { at } from "./tree-data";
import type { Tree } from "./yaml-tree";

/** A finding about the value or the key at a path. */
export interface PathFinding extends Finding {
  readonly path: Path;
  /** Where to point: at the value (default), or at its key. */
  readonly point?: "key" | "value";
}

type Issue = z.core.$ZodIssue;

/** Every place where the data does not have the form of a team file, from what the schema found. */
export function explainIssues(issues: readonly Issue[], tree: Tree): readonly PathFinding[] {
  return issues.flatMap((issue) => explain(issue, [], tree));
}

function explain(issue: Issue, base: Path, tree: Tree): readonly PathFinding[] {
  const path = [...base, ...issue.path.map((step) => (typeof step === "number" ? step : String(step)))];
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => unknownKey([...path, key]));
    case "invalid_union":
      return formMeant(issue.errors, at(tree, path)).flatMap((inner) => explain(inner, path, tree));
    case "invalid_type":
      return [wrongKind(issue.expected, path, tree)];
    case "invalid_value":
      return [notInList(issue.values.map(String), path, tree)];
    case "custom":
    case "invalid_key":
    case "too_big":
    case "too_small":
    case "invalid_format":
    case "invalid_element":
    case "not_multiple_of":
      return [{ path, ...textFinding(issue) }];
  }
}

/** Of two forms that a value may have, the one whose kind (text, a mapping) it is; otherwise the first. */
function formMeant(errors: readonly (readonly Issue[])[], found: Tree | undefined): readonly Issue[] {
  const isOfAnotherKind = (issue: Issue): boolean => issue.code === "invalid_type" && issue.path.length === 0;
  const meant = errors.find((issues) => !issues.some(isOfAnotherKind));
  return (isTextWithColon(found) ? undefined : meant) ?? errors[0] ?? [];
}

/** A key with a space in it is a text that got a colon by mistake. */
function isTextWithColon(tree: Tree | undefined): boolean {
  return tree?.kind === "mapping" && [...tree.entries.keys()].some((key) => key.includes(" "));
}

function textFinding(issue: Issue): Finding {
  const fix: unknown = issue.code === "custom" ? issue.params?.["fix"] : undefined;
  return {
    sentence: issue.message,
    fix: typeof fix === "string" ? fix : "Follow the form of team.dev.yaml.",
  };
}

function unknownKey(path: Path): PathFinding {
  const key = String(path.at(-1));
  const known = knownKeys(path.slice(0, -1));
  const list = known.map((name) => `"${name}"`).join(", ");
  if (key === "<<") {
    return {
      path,
      point: "key",
      sentence:
        "Merge keys (<<) are not supported: each entry of a team file must say by itself what it means.",
      fix: "Write the keys out.",
    };
  }
  return {
    path,
    point: "key",
    sentence: `The key ${show(key)} is not known here.${didYouMean(synonyms.get(key.toLowerCase()) ?? key, known)}`,
    fix: `Use one of ${list}.`,
  };
}

/** Words that other programs use for the same. */
const synonyms: ReadonlyMap<string, string> = new Map([
  ...["expires", "expiry", "expiresat", "expires_at", "end", "ends", "notafter"].map(
    (word) => [word, "until"] as const,
  ),
  ...["sshkeys", "ssh_keys", "ssh-keys", "publickeys", "authorized_keys", "pubkeys"].map(
    (word) => [word, "keys"] as const,
  ),
  ...["users", "members", "team", "developers"].map((word) => [word, "people"] as const),
  ...["leads", "access"].map((word) => [word, "grants"] as const),
  ...["comment", "why", "note"].map((word) => [word, "reason"] as const),
]);

function knownKeys(path: Path): readonly string[] {
  const [section, , field] = path;
  if (section === "gitHosts") return ["hostKeys"];
  if (path.length === 0) return Object.keys(teamFile.unwrap().shape);
  if (section === "people")
    return field === undefined ? Object.keys(person.unwrap().shape) : keysInside(field, path);
  if (section === "servers") return innerKeys["server"] ?? [];
  if (section === "grants") return Object.keys(grant.unwrap().shape);
  return path.length === 1 ? Object.keys(defaults.unwrap().shape) : (innerKeys[String(path[1])] ?? []);
}

function keysInside(field: string | number, path: Path): readonly string[] {
  const isCredential = field === "git" && path.length > 3;
  return isCredential ? ["key", "token", "user"] : (innerKeys[field] ?? []);
}

const innerKeys: Readonly<Partial<Record<string, readonly string[]>>> = {
  server: ["type", "image", "backups"],
  keys: ["key", "enclave"],
  left: ["on", "server"],
  versions: versionedTools,
  limits: ["memory", "cpus", "tasks", "disk"],
  git: ["email", "credentials"],
};

const kinds: Readonly<Partial<Record<string, { readonly name: string; readonly fix: string }>>> = {
  string: { name: "text", fix: "Write one value. If it contains a colon and a space, put it in quotes." },
  array: { name: "a list", fix: 'Write each entry on a line of its own, starting with "- ".' },
  object: { name: "a mapping", fix: "Write keys with values, indented below it." },
  record: { name: "a mapping", fix: "Write keys with values, indented below it." },
};

function wrongKind(expectedKind: string, path: Path, tree: Tree): PathFinding {
  const expected = kinds[expectedKind] ?? { name: expectedKind, fix: "Follow the form of team.dev.yaml." };
  const found = at(tree, path);
  if (found === undefined) {
    return {
      path,
      sentence: `The key ${show(String(path.at(-1)))} is missing.`,
      fix: `Add it, with ${expected.name} as its value.`,
    };
  }
  if (path.length === 0 && found.kind === "nothing") {
    return {
      path,
      sentence: "The file is empty.",
      fix: "Write people and grants, following the form of team.dev.yaml.",
    };
  }
  return { path, sentence: `Expected ${expected.name}, got ${describe(found)}.`, fix: expected.fix };
}

function describe(tree: Tree): string {
  switch (tree.kind) {
    case "text":
      return `the text ${show(tree.text)}`;
    case "nothing":
      return "nothing";
    case "list":
      return "a list";
    case "mapping":
      return "a mapping";
    case "refused":
      return "something that is not supported";
  }
}

function notInList(allowed: readonly string[], path: Path, tree: Tree): PathFinding {
  const found = at(tree, path);
  const list = allowed.map((value) => `"${value}"`).join(", ");
  if (found === undefined || found.kind !== "text") {
    const got = found === undefined ? "nothing" : describe(found);
    return { path, sentence: `Expected one of ${list}, got ${got}.`, fix: "Write one of them." };
  }
  return {
    path,
    sentence: `${show(found.text)} is not supported here.${didYouMean(found.text, allowed)}`,
    fix: `Use ${allowed.length === 1 ? list : `one of ${list}`}.`,
  };
}
