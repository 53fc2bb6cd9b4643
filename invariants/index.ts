import type { Breach, Invariant } from "./invariant";
import type { StackResources } from "./resource";
import { commandInvariants } from "./rules/commands";
import { connectionInvariants } from "./rules/connections";
import { documentInvariants } from "./rules/documents";
import { nameInvariants } from "./rules/names";
import { secretInvariants } from "./rules/secrets";
import { serverInvariants } from "./rules/servers";

/** All that must never change. Tests hold it over the program, `team gate` over a preview, `policy/` inside Pulumi. */
export const invariants: readonly Invariant[] = [
  ...documentInvariants,
  ...secretInvariants,
  ...connectionInvariants,
  ...commandInvariants,
  ...serverInvariants,
  ...nameInvariants,
];

/** A breach and the invariant that it breaks. */
export interface BrokenInvariant extends Breach {
  readonly invariant: Invariant;
}

/** Every place where an invariant does not hold. */
export function brokenInvariants(stack: StackResources): readonly BrokenInvariant[] {
  return invariants.flatMap((invariant) => invariant.find(stack).map((breach) => ({ ...breach, invariant })));
}
