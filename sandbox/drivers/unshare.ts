import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { ensureImage } from "../image/image";
import { machineDirectory, type Instance } from "../instance/instance";
import { removeIfEmpty } from "../instance/remove-if-empty";
import {
  cgroupDirectories,
  instanceCgroup,
  machineCgroup,
  memoryInUse,
  removeCgroup,
} from "../machine/cgroups";
import { ensureHostLayer, imageBundle } from "../machine/host-layer";
import { hasPoweredOff, killMachine, machineInit } from "../machine/machine-process";
import { createUnshareMachines } from "../machine/unshare-machines";
import { gatewayAddress, proxyPort } from "../network/addresses";
import { ensureEntrance } from "../network/ensure-entrance";
import { listenInside } from "../network/listen-inside";
import { networkNamespace } from "../network/names";
import { NamespaceHelper } from "../network/namespace-helper";
import { closeNetwork, openNetwork } from "../network/network";
import { Relay } from "../network/relay";
import type { Driver } from "./driver";

/** Namespaces, overlay mounts and cgroups made by this project's own scripts. Needs root, and no daemon of others. */
export const unshareDriver: Driver = {
  name: "unshare",

  hostTools: {
    hostname: "hostname",
    ip: "iproute2",
    mmdebstrap: "mmdebstrap",
    mount: "mount",
    nsenter: "util-linux",
    pivot_root: "util-linux",
    python3: "python3",
    setpriv: "util-linux",
    ss: "iproute2",
    ssh: "openssh-client",
    "ssh-keygen": "openssh-client",
    sysctl: "procps",
    tmux: "tmux",
    unshare: "util-linux",
  },

  ensureImage,

  async open(instance, image, onEnd) {
    const { number } = instance;
    await openNetwork(number);
    const helper = new NamespaceHelper(number, () => {
      onEnd("The process in the sandbox's network ended.");
    });
    const [relay, [proxySocket]] = await Promise.all([
      Relay.start(number, helper),
      listenInside(networkNamespace(number), gatewayAddress(number), [proxyPort]),
    ]);
    if (proxySocket === undefined) throw new Error("the proxy has no socket");
    await ensureEntrance(number);
    // Not awaited: asking the package clients takes a second, and machines that run already need no answer.
    const hostLayer = ensureHostLayer(number, imageBundle(image), join(instance.directory, "layers"));
    hostLayer.catch(() => undefined);
    return {
      machines: createUnshareMachines({ instance, systemImage: image, hostLayer, relay }),
      proxySocket,
      hasPoweredOff: (id) => hasPoweredOff(machineDirectory(instance, id)),
      close: () => {
        helper.stop();
      },
    };
  },

  running(instance) {
    const up = machineIds(instance).filter((id) => machineInit(machineDirectory(instance, id)) !== undefined);
    return Promise.resolve(
      new Map(up.map((id) => [id, memoryInUse(machineCgroup(instance.number, id))] as const)),
    );
  },

  console(instance, id, command) {
    const init = machineInit(machineDirectory(instance, id));
    if (init === undefined) return Promise.resolve(undefined);
    return Promise.resolve([
      "nsenter",
      `--target=${String(init.pid)}`,
      ...["--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup", "--root", "--wd"],
      "--",
      ...command,
    ] as const);
  },

  async remove(instance) {
    for (const id of machineIds(instance)) await killMachine(machineDirectory(instance, id));
    await removeCgroup(instanceCgroup(instance.number));
    await closeNetwork(instance.number);
    // What instances share goes with the last of them.
    for (const directory of cgroupDirectories(dirname(instanceCgroup(instance.number))))
      removeIfEmpty(directory);
  },
};

function machineIds({ directory }: Instance): readonly number[] {
  const machines = join(directory, "machines");
  return existsSync(machines) ? readdirSync(machines).map(Number) : [];
}
