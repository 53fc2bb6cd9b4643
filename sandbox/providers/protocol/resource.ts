import type { Difference } from "./property-diff";
import type { Properties } from "./property-values";

/** Messages to the user about one resource, in order. */
export interface ResourceLog {
  warning(message: string): void;
  error(message: string): void;
  /** A line that shows what goes on and is not kept. */
  status(message: string): void;
}

/** What every operation that may take a while is told. */
export interface Operation {
  readonly urn: string;
  readonly log: ResourceLog;
  /** True: nothing may be done; unknown outputs are answered as unknown. */
  readonly preview: boolean;
  /** Aborted when the user cancels the update. */
  readonly signal: AbortSignal;
}

export interface DiffRequest {
  readonly oldInputs: Properties;
  readonly oldOutputs: Properties;
  readonly inputs: Properties;
}

export interface UpdateRequest extends DiffRequest {
  readonly id: string;
}

/** A resource as it is: `read` answers undefined when it is gone. */
export interface ReadResult {
  readonly inputs: Properties;
  readonly outputs: Properties;
}

/** One type of resource: what its official plugin does for it. */
export interface Resource {
  /** Why inputs are refused: sentences that name the property, but never its value. */
  check(inputs: Properties): string[];
  diff(request: DiffRequest): Difference;
  create(
    operation: Operation,
    inputs: Properties,
  ): Promise<{ readonly id: string; readonly outputs: Properties }>;
  /** Returns the new outputs. */
  update(operation: Operation, request: UpdateRequest): Promise<Properties>;
  /** `oldInputs` is empty for an import. */
  read(
    operation: Operation,
    id: string,
    oldInputs: Properties,
    oldOutputs: Properties,
  ): Promise<ReadResult | undefined>;
  delete(operation: Operation, id: string, outputs: Properties): Promise<void>;
}

/** A plugin: its name and version as the engine looks for it, and its resources by type token. */
export interface Provider {
  readonly name: string;
  readonly version: string;
  /** True: secrets arrive and are returned marked. False: they arrive plain and the engine marks them again. */
  readonly acceptSecrets: boolean;
  readonly resources: ReadonlyMap<string, Resource>;
  /** Why the provider's configuration is refused (`hcloud:token` is `token` here). */
  checkConfiguration(configuration: Properties): string[];
  configure(configuration: Properties): void;
}

/** A resource that exists, but whose creation did not get to its end: the engine records it and the next run goes on. */
export class PartlyCreatedError extends Error {
  constructor(
    readonly id: string,
    readonly outputs: Properties,
    message: string,
  ) {
    super(message);
  }
}
