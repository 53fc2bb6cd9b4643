import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../engine/user-error";
import { apiPort, gatewayAddress } from "../network/addresses";
import { instanceName } from "./name";
import { claimNumber, numberOf } from "./number";
import { stateDirectory } from "./state-directory";

/** One sandbox: a local Hetzner with its machines, apart from all others on this host. */
export interface Instance {
  readonly name: string;
  /** N of its addresses 127.77.N.0/24 and of its kernel objects' names. */
  readonly number: number;
  /** Everything it keeps on disk, readable by its owner alone. */
  readonly directory: string;
}

/** The instance of this name, made if it is not there. */
export async function openInstance(name: string = instanceName()): Promise<Instance> {
  const directory = stateDirectory(name);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return { name, directory, number: await claimNumber(name) };
}

/** The instance of this name, if it is there, whole or in part. */
export function findInstance(name: string = instanceName()): Instance | undefined {
  const number = numberOf(name);
  return number === undefined ? undefined : { name, number, directory: stateDirectory(name) };
}

/** The instance of this name, for commands that cannot do without one. */
export function requireInstance(name: string = instanceName()): Instance {
  const instance = findInstance(name);
  if (instance === undefined || !existsSync(instance.directory)) {
    throw new UserError(`The sandbox ${name} is not there. Fix: start it with \`npm run sandbox\`.`);
  }
  return instance;
}

/** Base URL of the local Hetzner API, as clients know it: `http://127.77.3.1:7780/v1`. */
export function apiEndpoint({ number }: Instance): string {
  return `http://${gatewayAddress(number)}:${String(apiPort)}/v1`;
}

/** Where the local Hetzner keeps what it knows (`jsonFileStore`). */
export function cloudFile({ directory }: Instance): string {
  return join(directory, "cloud.json");
}

/** Everything of one machine: its disk, its console's log, its processes' numbers. */
export function machineDirectory({ directory }: Instance, id: number): string {
  return join(directory, "machines", String(id));
}

export function pulumiHome({ directory }: Instance): string {
  return join(directory, "pulumi-home");
}
