import * as pulumi from "@pulumi/pulumi";

/** The account under which a person's agents run, as a reviewer reads it in a preview. */
export interface AgentUserArgs {
  /** `wes-agent`: the owner's login and `-agent`. */
  readonly login: string;
  /** The owner's uid plus one. */
  readonly uid: number;
  /** Login of the person who answers for it. */
  readonly owner: string;
  /** `left`: stopped and locked. */
  readonly state: "active" | "left";
  /** How it is known at git hosts: host → such as `key 2026-11-01`. Only for agents that are known somewhere. */
  readonly credentials?: Readonly<Record<string, string>>;
}

/**
 * The account of a person's agents: no SSH login, no password, no right but its own. It owns no resource: the account is a
 * row of the server's access document, and stands in the resource tree for reviewers.
 */
export class AgentUser extends pulumi.ComponentResource {
  constructor(name: string, args: AgentUserArgs, opts: pulumi.ComponentResourceOptions) {
    super("team-runtime:index:AgentUser", name, { ...args }, opts);
    this.registerOutputs({});
  }
}
