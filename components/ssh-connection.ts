import type { types } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { deployUser } from "./user-data";

/** How Pulumi reaches a server; secret as a whole. */
export type SshConnection = pulumi.Output<types.input.remote.ConnectionArgs>;

/** What a connection depends on. */
export interface SshConnectionArgs {
  readonly address: pulumi.Input<string>;
  /** The deploy user's private key. */
  readonly privateKey: pulumi.Input<string>;
  /** The one host key that is accepted: `ssh-ed25519 AAAA…`. */
  readonly hostKey: pulumi.Input<string>;
  /** Seconds after which a server that does not answer is given up. */
  readonly waitSeconds: number;
}

/**
 * Seconds, roughly, after which a server that was set up before is given up. The provider dials again after any failure, also when the
 * server refuses the key: with so many dials a refusal is told within a minute, and a restart of the server is waited for.
 */
export const longestWaitForKnown = 180;

/** Longest pause of the command provider between two dials, in seconds. */
const longestPause = 5;
const dialSeconds = 5;

/**
 * The one place that builds a connection, always in the same shape: a changed shape would run every command again.
 * The number of dials is chosen so that even a server that swallows every packet is given up in time; one that refuses
 * at once is given up in about half of it.
 */
export function sshConnection(args: SshConnectionArgs): SshConnection {
  return pulumi.secret({
    host: args.address,
    user: deployUser,
    privateKey: args.privateKey,
    hostKey: args.hostKey,
    perDialTimeout: dialSeconds,
    dialErrorLimit: Math.max(2, Math.floor(args.waitSeconds / (dialSeconds + longestPause))),
  });
}
