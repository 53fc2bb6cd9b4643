import { accept, refuse, type Reading } from "../../config/problem";
import {
  notKnown,
  notShown,
  Secret,
  types,
  type Resource,
  type StackResources,
} from "../../invariants/resource";
import { printable, readDigest, type DigestState, type Fate } from "./digest";

/** A preview as a reviewer thinks of it: the resources before and after, and what becomes of each. */
export interface Preview {
  readonly before: StackResources;
  readonly after: StackResources;
  readonly steps: readonly PreviewStep[];
}

/** A resource that does not stay as it is. */
export interface PreviewStep {
  readonly fate: Fate;
  readonly type: string;
  readonly name: string;
  /** The server that it is part of, or is. */
  readonly server?: string;
  /** Inputs that differ, in an update. */
  readonly inputs: readonly string[];
}

/** Reads what `pulumi preview --json` printed. Pulumi's own resources (the stack, its providers) are left out. */
export function readPreview(text: string): Reading<Preview> {
  const digest = readDigest(text);
  if (!digest.ok) return digest;
  const stacks = new Set(digest.value.map(({ urn }) => partsOf(urn).stack));
  const [stack = ""] = stacks;
  if (stacks.size !== 1 || stack === "")
    return refuse("The preview is not that of one stack.", "Run it again for one stack.");
  const steps = digest.value.filter(({ urn }) => !partsOf(urn).type.startsWith("pulumi:"));
  return accept({
    before: {
      stack,
      resources: steps.flatMap(({ before }) => (before === undefined ? [] : resourceOf(before))),
    },
    after: { stack, resources: steps.flatMap(({ after }) => (after === undefined ? [] : resourceOf(after))) },
    steps: steps.flatMap(({ urn, fate, before, after, inputs }): PreviewStep[] => {
      if (fate === undefined) return [];
      const { type, name } = partsOf(urn);
      const state = after ?? before;
      const parent = state === undefined ? undefined : parentOf(state);
      const server = type === types.devServer || type === types.server ? name : parent;
      return [{ fate, type, name, ...(server === undefined ? {} : { server }), inputs }];
    }),
  });
}

function resourceOf(state: DigestState): Resource {
  const { type, name } = partsOf(state.urn);
  const parent = parentOf(state);
  return {
    type,
    name,
    ...(parent === undefined ? {} : { parent }),
    inputs: Object.fromEntries(Object.entries(state.inputs).map(([input, value]) => [input, marked(value)])),
    protect: state.protect,
    ignoreChanges: state.ignoreChanges,
    retainOnDelete: state.retainOnDelete,
    deletedWith: state.deletedWith === undefined ? undefined : partsOf(state.deletedWith).name,
  };
}

function parentOf({ parent }: DigestState): string | undefined {
  if (parent === undefined) return undefined;
  const { type, name } = partsOf(parent);
  return type === "pulumi:pulumi:Stack" ? undefined : name;
}

/** `urn:pulumi:STACK::PROJECT::PARENT_TYPE$TYPE::NAME` */
function partsOf(urn: string): { readonly stack: string; readonly type: string; readonly name: string } {
  const [stack = "", , path = "", ...name] = urn.split("::");
  return {
    stack: printable(stack.replace(/^urn:pulumi:/, "")),
    type: printable(path.split("$").at(-1) ?? ""),
    name: printable(name.join("::")),
  };
}

/** As Pulumi's JSON previews write a value that only the update knows, and a secret. */
const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const secretValue = "[secret]";

function marked(value: unknown): unknown {
  if (value === unknownValue) return notKnown;
  if (value === secretValue) return new Secret(notShown);
  if (Array.isArray(value)) return value.map(marked);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]: [string, unknown]) => [name, marked(item)]),
  );
}
