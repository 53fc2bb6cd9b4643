import * as pulumi from "@pulumi/pulumi";

/** A person's account on their own server, as a reviewer reads it in a preview. */
export interface HumanUserArgs {
  /** Login name, the same on every server. */
  readonly login: string;
  /** User id, the same on every server and never given to anybody else. */
  readonly uid: number;
  /** `left`: the account is kept, locked, with no key and nothing running. */
  readonly state: "active" | "left";
  /** Fingerprints of the keys that open it, as `ssh-keygen -l` prints them, with the kind of key. */
  readonly keys: Readonly<Record<string, string>>;
}

/**
 * The account of a person on their own server. It owns no resource: the account is a row of the server's access document.
 * It stands in the resource tree so that a preview names the person who joins or leaves.
 */
export class HumanUser extends pulumi.ComponentResource {
  constructor(name: string, args: HumanUserArgs, opts: pulumi.ComponentResourceOptions) {
    super("team-runtime:index:HumanUser", name, { ...args }, opts);
    this.registerOutputs({});
  }
}
