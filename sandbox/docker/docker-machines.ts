import { rm } from "node:fs/promises";
import { debianImageId } from "../api/catalogue";
import type { MachineDriver, MachineSpec } from "../api/machine-driver";
import { machineDirectory, type Instance } from "../instance/instance";
import { layerRoot } from "../machine/host-layer";
import { writeSeed } from "../machine/seed";
import { freeMachineAddress } from "../network/addresses";
import {
  containerStatus,
  createContainer,
  fillContainer,
  shutDownContainer,
  startContainer,
} from "./containers";
import { docker, dockerLines } from "./docker";
import { containerName, instanceLabel, snapshotName } from "./names";
import { poweredOffContainers, watchContainers } from "./watch-containers";

/** What the machines of an instance stand on. */
export interface DockerMachinesOptions {
  readonly instance: Instance;
  /** Name of the image `debian-12`. */
  readonly systemImage: string;
  /** Layer made by `ensureHostLayer`; waited for only when a machine boots. */
  readonly hostLayer: Promise<string>;
  /** Called when Docker has stopped. */
  readonly onLost: () => void;
}

/** The machines, and what they do by themselves. */
export interface DockerMachines extends MachineDriver {
  hasPoweredOff(id: number): boolean;
  /** Lets go of the machines, which go on. */
  close(): void;
}

/**
 * Boots Debian machines with systemd as PID 1 in Docker's containers. A container that has rebooted is started again here,
 * not by Docker's restart policy, which does not tell a reboot from a power-off.
 */
export async function openDockerMachines({
  instance,
  systemImage,
  hostLayer,
  onLost,
}: DockerMachinesOptions): Promise<DockerMachines> {
  const { number, directory } = instance;
  const nameOf = (id: number): string => containerName(number, id);
  const poweredOff = new Set<number>();
  /** Machines that are being started or stopped from here: how they end meanwhile is no news. */
  const busy = new Set<number>();
  const whileBusy = async (id: number, work: () => Promise<void>): Promise<void> => {
    busy.add(id);
    try {
      await work();
      poweredOff.delete(id);
    } finally {
      busy.delete(id);
    }
  };

  const watch = watchContainers(directory, {
    ended: (id, how) => {
      if (busy.has(id)) return;
      if (how === "poweroff") poweredOff.add(id);
      else
        startContainer(nameOf(id)).catch((error: unknown) => {
          process.stderr.write(`the server ${String(id)} does not come back: ${String(error)}\n`);
        });
    },
    lost: onLost,
  });
  for (const id of await poweredOffContainers(directory)) poweredOff.add(id);

  return {
    hasPoweredOff: (id) => poweredOff.has(id),
    close: () => {
      watch.stop();
    },

    allocateAddress: (used) => freeMachineAddress(number, used),

    start: (machine: MachineSpec) =>
      whileBusy(machine.id, async () => {
        const status = await containerStatus(nameOf(machine.id));
        if (status === "running") return;
        const files = machineDirectory(instance, machine.id);
        await writeSeed(files, machine);
        if (status === undefined) {
          const image =
            machine.imageId === debianImageId ? systemImage : snapshotName(number, machine.imageId);
          await createContainer(instance, machine, image);
        }
        await fillContainer(instance, machine, files, layerRoot(await hostLayer));
        await startContainer(nameOf(machine.id));
      }),

    stop: (id, how) =>
      whileBusy(id, async () => {
        if ((await containerStatus(nameOf(id))) !== "running") return;
        await (how === "shutdown" ? shutDownContainer(nameOf(id)) : docker("kill", nameOf(id)));
      }),

    remove: (id) =>
      whileBusy(id, async () => {
        if ((await containerStatus(nameOf(id))) !== undefined)
          await docker("rm", "--force", "--volumes", nameOf(id));
        await rm(machineDirectory(instance, id), { recursive: true, force: true });
      }),

    async snapshot(id, imageId) {
      const label = `LABEL "${instanceLabel}"="${directory}"`;
      await docker("commit", "--change", label, nameOf(id), snapshotName(number, imageId));
    },

    async removeImage(imageId) {
      const name = snapshotName(number, imageId);
      // By force: a machine that was made from it keeps what it needs.
      if ((await dockerLines("images", "--quiet", name)).length > 0) await docker("rmi", "--force", name);
    },
  };
}
