import * as command from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { sshFailureHook } from "./failure-advice";
import type { SshConnection } from "./ssh-connection";

/** One connection to one server that brings one thing about there. */
export interface HostCommandArgs {
  readonly connection: SshConnection;
  /** A constant program of the host software, with constant arguments. Data goes to its standard input, never here. */
  readonly run: string;
  /** The data; JSON is shown as a structural diff in `pulumi preview --diff`. */
  readonly stdin?: pulumi.Input<string>;
  /** What runs when this resource alone goes, while its server stays. Never for access: that goes by omission. */
  readonly runOnDelete?: string;
  /** What of the program's output Pulumi shows: all (one line per change) or nothing. */
  readonly logging?: "all" | "none";
}

/** Options of a host command: its server is both its parent and what its life depends on. */
export interface HostCommandOptions {
  readonly parent: pulumi.Resource;
  /** When the server goes, nothing is run on it any more. */
  readonly server: pulumi.CustomResource;
  /** Commands of one server run one after the other. */
  readonly after: readonly pulumi.Resource[];
  /** Waits for this too, without the engine being told of a dependency. */
  readonly notBefore?: Promise<unknown>;
  readonly ignoreChanges?: readonly string[];
}

/**
 * The only maker of `command.remote.Command`. An update runs the same program as the creation, with the new data:
 * programs state an end, so a change of anything is one connection that brings it about. There are no `triggers`
 * (they would replace, and a replacement runs the deletion after the creation) and no `retainOnDelete`.
 */
export function hostCommand(
  name: string,
  args: HostCommandArgs,
  options: HostCommandOptions,
): command.remote.Command {
  return new command.remote.Command(
    name,
    {
      connection: args.connection,
      create: args.run,
      addPreviousOutputInEnv: false,
      ...(args.stdin === undefined ? {} : { stdin: args.stdin }),
      ...(args.runOnDelete === undefined ? {} : { delete: args.runOnDelete }),
      ...(args.logging === "none" ? { logging: command.remote.Logging.None } : {}),
    },
    {
      parent: options.parent,
      deletedWith: options.server,
      dependsOn: dependencies(options),
      ignoreChanges: [...(options.ignoreChanges ?? [])],
      hooks: { onError: [sshFailureHook()] },
    },
  );
}

async function dependencies({
  after,
  notBefore,
}: HostCommandOptions): Promise<pulumi.Input<pulumi.Resource>[]> {
  await notBefore;
  return [...after];
}
