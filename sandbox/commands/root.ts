import { UserError } from "../../engine/user-error";
import { requireDaemon } from "../daemon-process";
import { chooseDriver } from "../drivers/choose-driver";
import type { Driver } from "../drivers/driver";
import { requireInstance, type Instance } from "../instance/instance";
import { instanceName } from "../instance/name";
import { runInherited } from "../run-inherited";
import { findServer } from "./find-server";

/** `npm run sandbox -- root SERVER [COMMAND…]`: a command as root on a machine, past sshd, as on a provider's console. */
export async function root(server: string, command: readonly string[]): Promise<number> {
  const driver = await chooseDriver(instanceName());
  const [program, ...args] = await consoleCommand(requireInstance(), driver, server, command);
  return runInherited(program, args);
}

/** The words of a program on this host that runs a command as root in a machine; without a command, a shell. */
export async function consoleCommand(
  instance: Instance,
  driver: Driver,
  server: string,
  command: readonly string[],
): Promise<readonly [string, ...string[]]> {
  const terminal = process.env["TERM"] ?? "dumb";
  const words = await driver.console(instance, findServer(instance, server).id, [
    ...(["env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"] as const),
    ...["HOME=/root", "LANG=C.UTF-8", `TERM=${terminal}`],
    ...(command.length === 0 ? ["bash", "--login"] : command),
  ]);
  if (words !== undefined) return words;
  requireDaemon(instance);
  throw new UserError(
    `The server ${server} is off. Fix: switch it on with \`npm run sandbox -- poweron ${server}\`.`,
  );
}
