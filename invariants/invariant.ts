import type { Resource, StackResources } from "./resource";

/** Something about the resources of a stack that must never change, whatever else does. */
export interface Invariant {
  /** For tools, such as `commands-have-no-triggers`. */
  readonly name: string;
  /** What holds. */
  readonly sentence: string;
  /** What to do where it does not. */
  readonly remedy: string;
  /** Where it does not hold. Never throws, whatever the resources are. */
  readonly find: (stack: StackResources) => readonly Breach[];
}

/** One place where an invariant does not hold. */
export interface Breach {
  /** Name of the resource. */
  readonly resource: string;
  /** What is wrong there, without a secret in it; continues `dev-wes-access: `. */
  readonly sentence: string;
}

/** A breach for each resource of which something is so. The sentence may depend on the resource. */
export function breaches(
  resources: readonly Resource[],
  isWrong: (resource: Resource) => boolean,
  sentence: string | ((resource: Resource) => string),
): readonly Breach[] {
  return resources.filter(isWrong).map((resource) => ({
    resource: resource.name,
    sentence: typeof sentence === "string" ? sentence : sentence(resource),
  }));
}
