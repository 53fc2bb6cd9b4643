import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../config/project-root";
import { run } from "../../engine/run";
import { UserError } from "../../engine/user-error";
import type { Instance } from "../instance/instance";
import { gatewayAddress } from "../network/addresses";
import { hostLink } from "../network/names";
import { hasHostLink } from "../network/network";
import { docker, dockerLines } from "./docker";
import { instanceFilter, instanceLabel, networkName } from "./names";

const attachHost = join(projectRoot, "sandbox", "docker", "attach-host.sh");

/**
 * Makes the bridge of an instance and the host's way to the addresses on it, as far as they are not there.
 *
 * @param image Any image with iproute2: root's part is done in a container of it, in the host's network.
 * @throws UserError where Docker's bridges are not this host's.
 */
export async function openDockerNetwork({ number, directory }: Instance, image: string): Promise<void> {
  const bridge = hostLink(number);
  if ((await networksOf(directory)).length === 0) {
    await docker(
      ...["network", "create", "--label", `${instanceLabel}=${directory}`],
      ...["--opt", `com.docker.network.bridge.name=${bridge}`],
      // Machines go out by the sandbox's proxy only.
      ...["--opt", "com.docker.network.bridge.enable_ip_masquerade=false"],
      networkName(number),
    );
  }
  if (!hasHostLink(number)) {
    await closeDockerNetwork(directory);
    throw new UserError(
      "Docker answers, but its machines are not on this host's network, as with Docker Desktop, rootless Docker and a DOCKER_HOST elsewhere: servers could not be reached at their addresses. " +
        "Fix: use the Docker Engine of this host (Debian: docker.io), or run the sandbox as root without Docker.",
    );
  }
  const script = readFileSync(attachHost, "utf8");
  const { code, stderr } = await run(
    "docker",
    [
      ...["run", "--rm", "--interactive", "--network", "host", "--cap-add", "NET_ADMIN"],
      // Docker and AppArmor keep /proc/sys read only, in which one setting of the bridge is made.
      ...["--security-opt", "systempaths=unconfined", "--security-opt", "apparmor=unconfined"],
      ...["--entrypoint", "bash", image, "-s", bridge, gatewayAddress(number)],
    ],
    { input: script },
  );
  if (code !== 0) throw new Error(`the machines' network cannot be attached to this host: ${stderr.trim()}`);
}

/** Removes the bridge of an instance, if it is there; with it go the host's address and route. */
export async function closeDockerNetwork(directory: string): Promise<void> {
  for (const network of await networksOf(directory)) await docker("network", "rm", network);
}

function networksOf(directory: string): Promise<readonly string[]> {
  return dockerLines("network", "ls", "--quiet", "--filter", instanceFilter(directory));
}
