import { UserError } from "../../engine/user-error";
import { requireDaemon } from "../daemon-process";
import { machineDirectory, requireInstance, type Instance } from "../instance/instance";
import { machineInit } from "../machine/machine-process";
import { runInherited } from "../run-inherited";
import { findServer } from "./find-server";
import { requireHost } from "./require-host";

/** `npm run sandbox -- root SERVER [COMMAND…]`: a command as root on a machine, past sshd, as on a provider's console. */
export async function root(server: string, command: readonly string[]): Promise<number> {
  requireHost();
  const [program, ...args] = consoleCommand(requireInstance(), server, command);
  return runInherited(program, args);
}

/** The words of a program on this host that runs a command as root in a machine; without a command, a shell. */
export function consoleCommand(
  instance: Instance,
  server: string,
  command: readonly string[],
): readonly [string, ...string[]] {
  const init = machineInit(machineDirectory(instance, findServer(instance, server).id));
  if (init === undefined) {
    requireDaemon(instance);
    throw new UserError(
      `The server ${server} is off. Fix: switch it on with \`npm run sandbox -- poweron ${server}\`.`,
    );
  }
  const terminal = process.env["TERM"] ?? "dumb";
  return [
    "nsenter",
    `--target=${String(init.pid)}`,
    ...["--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup", "--root", "--wd"],
    "--",
    ...["env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
    ...["HOME=/root", "LANG=C.UTF-8", `TERM=${terminal}`],
    ...(command.length === 0 ? ["bash", "--login"] : command),
  ];
}
