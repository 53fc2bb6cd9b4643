import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { MachineDriver, MachineSpec } from "../api/machine-driver";
import { machineDirectory, type Instance } from "../instance/instance";
import { freeMachineAddress } from "../network/addresses";
import { machineNamespace } from "../network/names";
import { connectMachine, disconnectMachine } from "../network/network";
import type { Relay } from "../network/relay";
import { machineCgroup, removeCgroup } from "./cgroups";
import { copyDisk, ensureDisk, imageOf } from "./disks";
import { layerRoot } from "./host-layer";
import { bootMachine, isRunning, killMachine, shutDownMachine } from "./machine-process";
import { writeSeed } from "./seed";

/** What the machines of an instance stand on. */
export interface UnshareMachinesOptions {
  readonly instance: Instance;
  /** Root file system of the image `debian-12`. */
  readonly systemImage: string;
  /** Layer made by `ensureHostLayer`; waited for only when a machine boots. */
  readonly hostLayer: Promise<string>;
  readonly relay: Relay;
}

/**
 * Boots Debian machines with systemd as PID 1 in namespaces of their own, by unshare(1) and ip(8) alone. Needs root.
 * A test bed, not a security boundary: root in a machine is root on the host.
 */
export function createUnshareMachines({
  instance,
  systemImage,
  hostLayer,
  relay,
}: UnshareMachinesOptions): MachineDriver {
  const directoryOf = (id: number): string => machineDirectory(instance, id);
  const snapshots = join(instance.directory, "snapshots");

  const stop = async (id: number, end: (directory: string) => Promise<void>): Promise<void> => {
    await end(directoryOf(id));
    relay.close(id);
  };

  return {
    allocateAddress: (used) => freeMachineAddress(instance.number, used),

    async start(machine: MachineSpec) {
      const directory = directoryOf(machine.id);
      await ensureDisk({ directory }, machine.imageId, systemImage, snapshots);
      await writeSeed(directory, machine);
      relay.open(machine.id, machine.address);
      if (isRunning(directory)) return;
      // Anew at each start: the address may have been changed while the machine was off.
      await disconnectMachine(instance.number, machine.id);
      await connectMachine(instance.number, machine.id, machine.address);
      await bootMachine({
        directory,
        networkNamespace: machineNamespace(instance.number, machine.id),
        cgroup: machineCgroup(instance.number, machine.id),
        hostname: machine.name,
        layers: [layerRoot(await hostLayer), await imageOf({ directory })],
      });
    },

    stop: (id, how) => stop(id, how === "shutdown" ? shutDownMachine : killMachine),

    async remove(id) {
      await stop(id, killMachine);
      await removeCgroup(machineCgroup(instance.number, id));
      await disconnectMachine(instance.number, id);
      await rm(directoryOf(id), { recursive: true, force: true });
    },

    async snapshot(id, imageId) {
      await copyDisk({ directory: directoryOf(id) }, { directory: join(snapshots, String(imageId)) });
    },

    async removeImage(imageId) {
      await rm(join(snapshots, String(imageId)), { recursive: true, force: true });
    },
  };
}
