import { isDeepStrictEqual } from "node:util";
import { notKnown, Secret, types, type Resource, type StackResources } from "../../invariants/resource";

/** One step as Pulumi's JSON previews have it. */
export interface RawStep {
  op: string;
  urn: string;
  oldState?: unknown;
  newState?: unknown;
  diffReasons?: readonly string[];
  detailedDiff: null;
}

/** What `pulumi preview --json` prints. */
export interface RawDigest {
  config: object;
  steps: RawStep[];
  changeSummary: Record<string, number>;
  diagnostics?: readonly { readonly message: string; readonly severity: string }[];
}

/** A preview of the step from one set of resources to another, as `pulumi preview --json --show-sames` would print it. */
export function previewDigest(before: StackResources, after: StackResources): RawDigest {
  const old = new Map(before.resources.map((resource) => [urnOf(resource, before), resource]));
  const next = new Map(after.resources.map((resource) => [urnOf(resource, after), resource]));
  const stackUrn = `urn:pulumi:${after.stack}::team-runtime::pulumi:pulumi:Stack::team-runtime-${after.stack}`;
  const steps: RawStep[] = [{ op: "same", urn: stackUrn, detailedDiff: null }];
  for (const [urn, resource] of next) {
    const was = old.get(urn);
    const newState = stateOf(resource, after);
    if (was === undefined) steps.push({ op: "create", urn, newState, detailedDiff: null });
    else {
      const diffReasons = Object.keys(resource.inputs).filter(
        (input) => !isDeepStrictEqual(was.inputs[input], resource.inputs[input]),
      );
      const op = diffReasons.length === 0 ? "same" : "update";
      steps.push({ op, urn, oldState: stateOf(was, before), newState, diffReasons, detailedDiff: null });
    }
  }
  for (const [urn, resource] of old) {
    if (!next.has(urn))
      steps.push({ op: "delete", urn, oldState: stateOf(resource, before), detailedDiff: null });
  }
  const changeSummary: Record<string, number> = {};
  for (const { op } of steps) changeSummary[op] = (changeSummary[op] ?? 0) + 1;
  return { config: {}, steps, changeSummary };
}

/** The URN of a resource of this program: at most one parent, which is its server. */
export function urnOf({ type, name, parent }: Resource, { stack }: StackResources): string {
  const path = parent === undefined ? type : `${types.devServer}$${type}`;
  return `urn:pulumi:${stack}::team-runtime::${path}::${name}`;
}

function stateOf(resource: Resource, stack: StackResources): unknown {
  const { type, name, parent, protect, retainOnDelete, deletedWith, ignoreChanges } = resource;
  const ofServer = (server: string): string =>
    urnOf({ ...resource, type: types.server, name: server, parent: server }, stack);
  return {
    urn: urnOf(resource, stack),
    type,
    id: `${name}-id`,
    inputs: shown(resource.inputs),
    ...(parent === undefined
      ? {}
      : { parent: `urn:pulumi:${stack.stack}::team-runtime::${types.devServer}::${parent}` }),
    ...(protect ? { protect } : {}),
    ...(retainOnDelete === true ? { retainOnDelete } : {}),
    ...(typeof deletedWith === "string" ? { deletedWith: ofServer(deletedWith) } : {}),
    ignoreChanges,
  };
}

function shown(value: unknown): unknown {
  if (value instanceof Secret) return "[secret]";
  if (value === notKnown) return "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]: [string, unknown]) => [name, shown(item)]),
  );
}
