import { readFileSync } from "node:fs";
import { join } from "node:path";
import { containerStatus } from "../docker/containers";
import { docker, dockerLines } from "../docker/docker";
import { openDockerMachines } from "../docker/docker-machines";
import { ensureDockerImage } from "../docker/image";
import { containerName, instanceFilter, serverOfContainer } from "../docker/names";
import { closeDockerNetwork, openDockerNetwork } from "../docker/network";
import { memoryInUse } from "../machine/cgroups";
import { bundlePath, ensureHostLayer } from "../machine/host-layer";
import { gatewayAddress, proxyPort } from "../network/addresses";
import type { Driver } from "./driver";

/** Containers of a Docker Engine on this host. Needs no root but the right to use Docker, which is as much. */
export const dockerDriver: Driver = {
  name: "docker",

  hostTools: {
    docker: "docker.io",
    ssh: "openssh-client",
    "ssh-keygen": "openssh-client",
    tar: "tar",
  },

  ensureImage: ensureDockerImage,

  async open(instance, image, onEnd) {
    const { number, directory } = instance;
    await openDockerNetwork(instance, image);
    const bundle = docker("run", "--rm", "--network", "none", "--entrypoint", "cat", image, `/${bundlePath}`);
    // Not awaited: machines that run already need no answer.
    const hostLayer = bundle.then((text) => ensureHostLayer(number, text, join(directory, "layers")));
    hostLayer.catch(() => undefined);
    const machines = await openDockerMachines({
      instance,
      systemImage: image,
      hostLayer,
      onLost: () => {
        onEnd("Docker has stopped, or was restarted.");
      },
    });
    return {
      machines,
      proxySocket: { host: gatewayAddress(number), port: proxyPort },
      hasPoweredOff: (id) => machines.hasPoweredOff(id),
      close: () => {
        machines.close();
      },
    };
  },

  async running({ directory }) {
    const ids = await dockerLines("ps", "--quiet", "--filter", instanceFilter(directory));
    if (ids.length === 0) return new Map();
    const lines = await dockerLines("inspect", "--format", "{{.Name}} {{.State.Pid}}", ...ids);
    return new Map(
      lines.map((line) => {
        const [name = "", pid = ""] = line.split(" ");
        return [serverOfContainer(name), memoryOf(pid)] as const;
      }),
    );
  },

  async console({ number }, id, command) {
    const name = containerName(number, id);
    if ((await containerStatus(name)) !== "running") return undefined;
    const terminal = process.stdin.isTTY && process.stdout.isTTY ? ["--tty"] : [];
    return ["docker", "exec", "--interactive", ...terminal, name, ...command] as const;
  },

  async remove({ directory }) {
    const filter = instanceFilter(directory);
    const containers = await dockerLines("ps", "--all", "--quiet", "--filter", filter);
    if (containers.length > 0) await docker("rm", "--force", "--volumes", ...containers);
    const snapshots = await dockerLines("images", "--quiet", "--filter", filter);
    if (snapshots.length > 0) await docker("rmi", "--force", ...new Set(snapshots));
    await closeDockerNetwork(directory);
  },
};

/** Memory of the container that a process is the first one of, by its cgroup (cgroups(7), "/proc/[pid]/cgroup"). */
function memoryOf(pid: string): number | undefined {
  try {
    const cgroups = readFileSync(`/proc/${pid}/cgroup`, "utf8");
    const path = (/^\d+:memory:(.*)$/m.exec(cgroups) ?? /^0::(.*)$/m.exec(cgroups))?.[1];
    // systemd moves itself into a part of its own.
    return path === undefined ? undefined : memoryInUse(path.replace(/\/init\.scope$/, ""));
  } catch {
    return undefined;
  }
}
