import { withServerSsh } from "./server-ssh";
import { readStackAccess } from "./stack-access";
import type { StackAccessReading } from "./stack-access";

/** How commands that reach servers get there. */
export interface ServerReach {
  /** Asks Pulumi for what the selected stack knows of its servers. */
  readonly readStack: () => Promise<StackAccessReading>;
  readonly withSsh: typeof withServerSsh;
}

/** The selected stack, and the system's ssh. */
export const stackReach: ServerReach = { readStack: readStackAccess, withSsh: withServerSsh };
