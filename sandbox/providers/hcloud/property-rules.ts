import {
  changedProperties,
  entryPath,
  type DetailedDiff,
  type Difference,
  type DifferenceKind,
} from "../protocol/property-diff";
import {
  isObject,
  sameValue,
  unknownValue,
  type Properties,
  type PropertyValue,
} from "../protocol/property-values";
import type { DiffRequest } from "../protocol/resource";

/** How one input of a resource is compared with the state, after the schema of the official plugin. */
export interface PropertyRule {
  readonly name: string;
  /** `list`: by position. `set`: without order. `map`: by key. */
  readonly shape: "value" | "list" | "set" | "map";
  /** The value when the input is not given. Without one an absent input means: whatever the API says. */
  readonly absent?: PropertyValue;
  readonly replaces?: true;
  /** What the state holds in place of the input. */
  readonly stored?: (value: PropertyValue) => PropertyValue;
}

/** Compares inputs with the state, rule by rule. */
export function differenceBy(
  rules: readonly PropertyRule[],
  { oldOutputs, inputs }: DiffRequest,
): Difference {
  const detailed: DetailedDiff = {};
  for (const rule of rules) {
    const wanted = wantedValue(rule, inputs);
    if (wanted !== undefined) {
      Object.assign(detailed, differencesOf(rule, oldOutputs[rule.name] ?? null, wanted));
    }
  }
  const changed = changedProperties(detailed);
  const replaces = changed.filter((name) => rules.some((rule) => rule.name === name && rule.replaces));
  return {
    changed,
    replaces,
    detailed,
    // Names are unique in a project: what keeps its name has to go before its replacement can come.
    deleteBeforeReplace:
      replaces.length > 0 && "name" in inputs && sameValue(inputs["name"], oldOutputs["name"]),
  };
}

/** The outputs as they will be, as far as the inputs tell; `unknown` names what only the API can tell. */
export function plannedOutputs(
  rules: readonly PropertyRule[],
  inputs: Properties,
  oldOutputs: Properties,
  unknown: readonly string[] = [],
): Properties {
  const planned = rules.flatMap((rule) => {
    const wanted = wantedValue(rule, inputs);
    return wanted === undefined ? [] : [[rule.name, wanted] as const];
  });
  return {
    ...Object.fromEntries(unknown.map((name) => [name, unknownValue])),
    ...oldOutputs,
    ...Object.fromEntries(planned),
  };
}

function wantedValue(rule: PropertyRule, inputs: Properties): PropertyValue | undefined {
  const input = inputs[rule.name];
  if (input === undefined || input === null) {
    return rule.absent;
  }
  return rule.stored === undefined || input === unknownValue ? input : rule.stored(input);
}

function differencesOf(rule: PropertyRule, before: PropertyValue, after: PropertyValue): DetailedDiff {
  if (sameOrBothEmpty(before, after)) {
    return {};
  }
  const suffix = rule.replaces ? "-replace" : "";
  const found: DetailedDiff = {};
  const note = (path: string, kind: "add" | "delete" | "update") => {
    found[path] = `${kind}${suffix}` satisfies DifferenceKind;
  };
  if (rule.shape === "map" && isObject(after)) {
    const held = isObject(before) ? before : {};
    for (const key of new Set([...Object.keys(held), ...Object.keys(after)])) {
      noteEntry(note, entryPath(rule.name, key), held[key], after[key]);
    }
  } else if (rule.shape === "list" && Array.isArray(after)) {
    const held = Array.isArray(before) ? before : [];
    for (let index = 0; index < Math.max(held.length, after.length); index += 1) {
      noteEntry(note, `${rule.name}[${index}]`, held[index], after[index]);
    }
  } else if (rule.shape === "set" && Array.isArray(after)) {
    noteSet(note, rule.name, Array.isArray(before) ? before : [], after);
  } else {
    note(rule.name, before === null ? "add" : "update");
  }
  return found;
}

type Note = (path: string, kind: "add" | "delete" | "update") => void;

function noteEntry(
  note: Note,
  path: string,
  before: PropertyValue | undefined,
  after: PropertyValue | undefined,
): void {
  if (before === undefined) {
    note(path, "add");
  } else if (after === undefined) {
    note(path, "delete");
  } else if (!sameValue(before, after)) {
    note(path, "update");
  }
}

/** Elements that are new are named by their place in the inputs, those that go by their place in the state. */
function noteSet(
  note: Note,
  name: string,
  before: readonly PropertyValue[],
  after: readonly PropertyValue[],
): void {
  const added = after.filter((item) => !before.some((held) => sameElement(held, item)));
  const removed = before.filter((held) => !after.some((item) => sameElement(held, item)));
  if (added.some(isObject)) {
    // The official plugin cannot tell which element of a set of objects is meant.
    note(name, "update");
    return;
  }
  for (const item of added) {
    note(`${name}[${after.indexOf(item)}]`, "add");
  }
  for (const held of removed) {
    note(`${name}[${before.indexOf(held)}]`, "delete");
  }
}

/** In an element, empty and absent are the same: the state holds `description: ""` where the input says nothing. */
function sameElement(left: PropertyValue, right: PropertyValue): boolean {
  if (!isObject(left) || !isObject(right)) {
    return sameValue(left, right);
  }
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...keys].every((key) => sameOrBothEmpty(left[key] ?? null, right[key] ?? null));
}

function sameOrBothEmpty(left: PropertyValue, right: PropertyValue): boolean {
  return sameValue(left, right) || (isEmpty(left) && isEmpty(right));
}

function isEmpty(value: PropertyValue): boolean {
  return (
    value === null ||
    value === "" ||
    value === false ||
    value === 0 ||
    (Array.isArray(value) && value.length === 0) ||
    (isObject(value) && Object.keys(value).length === 0)
  );
}
