/** Stands for a value that only the update will know. */
export const notKnown = Symbol("known only when it is applied");

/** Stands for something that the source of the resources leaves out, such as what is in a secret. */
export const notShown = Symbol("not shown");

/** A secret input. What is in it is `notShown` in a preview, and there for tests. */
export class Secret {
  constructor(readonly content: unknown) {}
}

/** A resource as plain data: what a test's mocks, a preview and a policy pack all know of it. */
export interface Resource {
  /** Such as `command:remote:Command`. */
  readonly type: string;
  /** Such as `dev-wes-access`. */
  readonly name: string;
  /** Name of the resource that it belongs to; absent for those that belong to the stack. */
  readonly parent?: string;
  /** Plain values, `Secret`s, and `notKnown` where only the update knows. */
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly protect: boolean;
  readonly ignoreChanges: readonly string[];
  /** A policy pack is not told these two. */
  readonly retainOnDelete: boolean | typeof notShown;
  readonly deletedWith: string | undefined | typeof notShown;
}

/** What a stack consists of, or will. */
export interface StackResources {
  /** Name of the stack, such as `dev`. */
  readonly stack: string;
  readonly resources: readonly Resource[];
}

/** The types of resources that rules speak of. */
export const types = {
  server: "hcloud:index/server:Server",
  firewall: "hcloud:index/firewall:Firewall",
  command: "command:remote:Command",
  devServer: "team-runtime:index:DevServer",
  human: "team-runtime:index:HumanUser",
  agent: "team-runtime:index:AgentUser",
  grant: "team-runtime:index:LeadGrant",
} as const;

/** The resources of one type. */
export function ofType({ resources }: StackResources, type: keyof typeof types): readonly Resource[] {
  return resources.filter((resource) => resource.type === types[type]);
}

/** An input without the mark of a secret; `notShown` when the source hides it. */
export function plain({ inputs }: Resource, input: string): unknown {
  const value = inputs[input];
  return value instanceof Secret ? value.content : value;
}

/** An input that must be text, or nothing. */
export function textOf(resource: Resource, input: string): string | undefined {
  const value = plain(resource, input);
  return typeof value === "string" ? value : undefined;
}
