import type { Properties } from "../../sandbox/providers/protocol/property-values";
import type { DetailedDiff } from "../../sandbox/providers/protocol/property-diff";
import type { PluginClient, ProtocolDiff } from "./plugin-client";

/** A resource of a program. */
export interface Declared {
  readonly type: string;
  readonly name: string;
  readonly inputs: Properties;
  readonly ignoreChanges?: readonly string[];
}

/** What `pulumi preview --json` says of a resource. */
export interface Step {
  readonly op: "create" | "update" | "replace" | "delete";
  /** `TYPE::NAME` */
  readonly resource: string;
  readonly diffReasons?: readonly string[];
  readonly replaceReasons?: readonly string[];
  readonly detailedDiff?: DetailedDiff;
}

export interface Recorded {
  readonly type: string;
  readonly name: string;
  readonly id: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
}

/**
 * As much of Pulumi's engine as is needed to see what plugins do: check, diff, then create, update, replace or delete,
 * one resource after the other, deletions last. Knows of resource options only what the recorded cases use.
 */
export class SmallStack {
  state: Recorded[] = [];
  readonly #plugins: Readonly<Record<string, PluginClient>>;

  constructor(plugins: Readonly<Record<string, PluginClient>>) {
    this.#plugins = plugins;
  }

  /** The id of a resource that exists. */
  idOf(name: string): string {
    return this.state.find((resource) => resource.name === name)?.id ?? "";
  }

  async preview(program: readonly Declared[]): Promise<Step[]> {
    const steps: Step[] = [];
    for (const declared of program) {
      const resource = `${declared.type}::${declared.name}`;
      const old = this.#find(declared);
      const diff = old === undefined ? undefined : await this.#diff(declared, old);
      if (diff === undefined) {
        steps.push({ op: "create", resource });
      } else if (diff.changed.length > 0) {
        steps.push(stepOf(resource, diff));
      }
    }
    const gone = this.state.filter((old) => !program.some(({ name }) => name === old.name));
    return [
      ...steps,
      ...gone.map(({ type, name }) => ({ op: "delete" as const, resource: `${type}::${name}` })),
    ];
  }

  async up(program: readonly Declared[]): Promise<void> {
    const replaced: Recorded[] = [];
    for (const declared of program) {
      replaced.push(...(await this.#apply(declared)));
    }
    for (const old of replaced.reverse()) {
      await this.#plugin(old.type).delete(urnOf(old), old.id, old.outputs);
    }
    const gone = this.state.filter((old) => !program.some(({ name }) => name === old.name)).reverse();
    for (const old of gone) {
      await this.#plugin(old.type).delete(urnOf(old), old.id, old.outputs);
      this.state = this.state.filter((resource) => resource !== old);
    }
  }

  /** Returns the old resource if it is still to be deleted. */
  async #apply(declared: Declared): Promise<Recorded[]> {
    const plugin = this.#plugin(declared.type);
    const urn = urnOf(declared);
    const inputs = this.#inputsOf(declared);
    const refusals = await plugin.check(urn, inputs);
    if (refusals.length > 0) {
      throw new Error(refusals.join("\n"));
    }
    const old = this.#find(declared);
    const diff = old === undefined ? undefined : await this.#diff(declared, old);
    if (old !== undefined && diff?.changed.length === 0) {
      return [];
    }
    if (old !== undefined && diff !== undefined && stepOf("", diff).op === "update") {
      const outputs = await plugin.update(urn, old, inputs);
      this.#record({ ...declared, id: old.id, inputs, outputs });
      return [];
    }
    const created = await plugin.create(urn, inputs);
    this.#record({ ...declared, inputs, ...created });
    return old === undefined ? [] : [old];
  }

  async #diff(declared: Declared, old: Recorded): Promise<ProtocolDiff> {
    return this.#plugin(declared.type).diff(urnOf(declared), old, this.#inputsOf(declared));
  }

  #inputsOf(declared: Declared): Properties {
    const old = this.#find(declared)?.inputs ?? {};
    const kept = (declared.ignoreChanges ?? []).filter((name) => name in old);
    return { ...declared.inputs, ...Object.fromEntries(kept.map((name) => [name, old[name] ?? null])) };
  }

  #find({ type, name }: { readonly type: string; readonly name: string }): Recorded | undefined {
    return this.state.find((resource) => resource.type === type && resource.name === name);
  }

  #record(recorded: Recorded): void {
    const index = this.state.findIndex(({ name }) => name === recorded.name);
    this.state.splice(index === -1 ? this.state.length : index, 1, recorded);
  }

  #plugin(type: string): PluginClient {
    const plugin = this.#plugins[type.split(":")[0] ?? ""];
    if (plugin === undefined) {
      throw new Error(`no plugin for ${type}`);
    }
    return plugin;
  }
}

function urnOf({ type, name }: { readonly type: string; readonly name: string }): string {
  return `urn:pulumi:rec::rec::${type}::${name}`;
}

/** With what the engine adds: the SDK registers Commands with `replaceOnChanges: ["triggers[*]"]`. */
function stepOf(resource: string, diff: ProtocolDiff): Step {
  const detailed =
    diff.detailed === undefined
      ? undefined
      : Object.fromEntries(
          Object.entries(diff.detailed).map(([path, kind]) => [
            path,
            path.startsWith("triggers[") ? (`${kind}-replace` as typeof kind) : kind,
          ]),
        );
  const isReplace =
    diff.replaces.length > 0 || Object.values(detailed ?? {}).some((kind) => kind.endsWith("-replace"));
  return {
    op: isReplace ? "replace" : "update",
    resource,
    diffReasons: [...diff.changed].sort(),
    ...(diff.replaces.length === 0 ? {} : { replaceReasons: [...diff.replaces].sort() }),
    ...(detailed === undefined ? {} : { detailedDiff: detailed }),
  };
}
