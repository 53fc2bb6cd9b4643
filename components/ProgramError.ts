import { inspect } from "node:util";
import * as pulumi from "@pulumi/pulumi";

/** A mistake that the user can mend: Pulumi shows its message alone, without a stack trace. */
export class ProgramError extends pulumi.RunError {
  /**
   * The SDK (3.248.0, `cmd/run/error.ts`) inspects the error of a rejected program to any depth, and by then the SDK's own
   * promise hangs on it: 13 s and 2 GB for one line of text.
   */
  [inspect.custom](): string {
    return this.message;
  }
}
