import * as pulumi from "@pulumi/pulumi";

/** One lead's right over one person's agent, as a reviewer reads it in a preview. */
export interface LeadGrantArgs {
  /** Login of the lead who gets the right. */
  readonly lead: string;
  /** The agent account that the lead may act as; never a human, never root. */
  readonly runAs: string;
  /** The one server on which it holds. */
  readonly onServer: string;
  /** `attach`: act as the agent. `watch`: look at its sessions, read-only. */
  readonly mode: "attach" | "watch";
  /** Instant in UTC after which the server refuses by itself; absent: until it is taken out of the team file. */
  readonly until?: string;
  /** Why, in the words of the team file. */
  readonly reason?: string;
}

/**
 * The right of a lead over one agent. It owns no resource on purpose: a resource of its own would be taken away by a
 * deletion, and Pulumi deletes last and not at all after a failure (docs/decisions/one-access-command-per-server.md).
 */
export class LeadGrant extends pulumi.ComponentResource {
  constructor(name: string, args: LeadGrantArgs, opts: pulumi.ComponentResourceOptions) {
    super("team-runtime:index:LeadGrant", name, { ...args }, opts);
    this.registerOutputs({});
  }
}
