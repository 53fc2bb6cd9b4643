import { invariants } from "../invariants/index";
import { notKnown, notShown, Secret, types, type Resource } from "../invariants/resource";

/** The part of `@pulumi/policy` 1.21.0 that is used here; the pack has it in a `package.json` of its own. */
export interface ResourceArgs {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  /** Throws where a value is known only during the update. Secrets are opened, and no longer marked. */
  readonly props: Readonly<Record<string, unknown>>;
  readonly opts: {
    readonly protect: boolean;
    readonly ignoreChanges: readonly string[];
    /** A URN. */
    readonly parent?: string;
  };
}

/** Reports a violation; `urn` says of which resource. */
export type Report = (message: string, urn?: string) => void;

/** A policy of the pack. */
export interface Policy {
  readonly name: string;
  readonly description: string;
  readonly validateResource?: (resource: ResourceArgs) => void;
  readonly validateStack?: (stack: unknown, report: Report) => void;
}

/** A pack sees no mark of a secret, so it cannot judge who has one. Previews and tests do. */
const notJudged: ReadonlySet<string> = new Set([
  "connections-are-secret",
  "credentials-are-secret",
  "nothing-secret-is-in-the-clear",
]);

/**
 * The invariants as policies. A policy of a stack is shown the outputs of resources, which components have none of, so the
 * first policy only takes down the inputs of each resource as the engine shows them; the others judge all of them at the end.
 */
export function policies(): readonly Policy[] {
  const seen = new Map<string, Resource>();
  const stackOf = (urn: string): string => urn.replace(/^urn:pulumi:/, "").split("::")[0] ?? "";
  return [
    {
      name: "resources-are-seen",
      description: "Takes down what the other policies judge.",
      validateResource: (args) => {
        if (!args.type.startsWith("pulumi:")) seen.set(args.urn, resourceOf(args));
      },
    },
    ...invariants
      .filter(({ name }) => !notJudged.has(name))
      .map(({ name, sentence, remedy, find }): Policy => ({
        name,
        description: sentence,
        validateStack: (_stack, report) => {
          const [first = ""] = seen.keys();
          const breaches = find({ stack: stackOf(first), resources: [...seen.values()] });
          for (const breach of breaches) {
            const urns = [...seen].filter(([, resource]) => resource.name === breach.resource);
            report(`${breach.resource}: ${breach.sentence} Fix: ${remedy}`, urns.at(-1)?.[0]);
          }
        },
      })),
  ];
}

function resourceOf({ type, name, props, opts }: ResourceArgs): Resource {
  const parent =
    opts.parent?.includes("::pulumi:pulumi:Stack::") === false ? opts.parent.split("::").at(-1) : undefined;
  const inputs = copied(props) as Record<string, unknown>;
  return {
    type,
    name,
    ...(parent === undefined ? {} : { parent }),
    inputs: Object.fromEntries(
      Object.entries(inputs).map(([input, value]) => [
        input,
        isMarked(type, input) ? new Secret(value) : value,
      ]),
    ),
    protect: opts.protect,
    ignoreChanges: opts.ignoreChanges,
    retainOnDelete: notShown,
    deletedWith: notShown,
  };
}

/** The inputs that the program marks as secrets: what is in them can be judged. */
function isMarked(type: string, input: string): boolean {
  return (
    (type === types.command && input === "connection") || (type === types.server && input === "userData")
  );
}

/** A plain copy, with `notKnown` for each value that cannot be read yet. */
function copied(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.keys(value).map(
    (key) => [key, read(value as Record<string, unknown>, key)] as const,
  );
  return Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries);
}

function read(value: Readonly<Record<string, unknown>>, key: string): unknown {
  try {
    return copied(value[key]);
  } catch (error) {
    if (error instanceof Error && error.constructor.name === "UnknownValueError") return notKnown;
    throw error;
  }
}
