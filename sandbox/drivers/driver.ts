import type { Server } from "node:net";
import type { Progress } from "../../engine/progress";
import type { MachineDriver } from "../api/machine-driver";
import type { Tools } from "../image/host-tools";
import type { Instance } from "../instance/instance";

/** The ways to boot machines; docs/decisions/sandbox-drivers.md says what each needs and gives. */
export type DriverName = "docker" | "unshare";

/** What boots the machines of a sandbox: all that differs between the ways to do it. */
export interface Driver {
  readonly name: DriverName;
  /** The programs that it and the tests run on this host. */
  readonly hostTools: Tools;
  /**
   * Makes the image of all machines unless it is there.
   *
   * @returns What `open` is told of it: a path or a name.
   */
  ensureImage(progress: Progress): Promise<string>;
  /**
   * Makes the network of an instance and takes over its machines, whatever of both is there. For the daemon alone.
   *
   * @param onEnd Called with a sentence when the driver can no longer do its work.
   * @throws UserError when this host cannot reach machines.
   */
  open(instance: Instance, image: string, onEnd: (reason: string) => void): Promise<OpenSandbox>;
  /** The machines that run, by their servers' ids, with the bytes of memory that each uses, where that can be told. */
  running(instance: Instance): Promise<ReadonlyMap<number, number | undefined>>;
  /** The words of a program on this host that runs a command as root in a machine; `undefined` while it is off. */
  console(
    instance: Instance,
    id: number,
    command: readonly [string, ...string[]],
  ): Promise<readonly [string, ...string[]] | undefined>;
  /**
   * Ends all machines of an instance and removes them, their network and their snapshots. Needs no daemon, works after a
   * crash, and again after it was itself cut short.
   */
  remove(instance: Instance): Promise<void>;
}

/** A sandbox as its daemon holds it. */
export interface OpenSandbox {
  readonly machines: MachineDriver;
  /** Where the proxy takes the machines' connections, for `listen`. */
  readonly proxySocket: Server | { readonly host: string; readonly port: number };
  /** True when a machine has powered itself off and was not booted since. */
  hasPoweredOff(id: number): boolean;
  /** Lets go of it; machines go on. */
  close(): void;
}
