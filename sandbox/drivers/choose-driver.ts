import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../engine/user-error";
import { askDocker } from "../docker/docker";
import { findInstance, type Instance } from "../instance/instance";
import { dockerDriver } from "./docker";
import type { Driver, DriverName } from "./driver";
import { unshareDriver } from "./unshare";

const drivers: Readonly<Record<DriverName, Driver>> = { docker: dockerDriver, unshare: unshareDriver };
/** Environment variable that forces a driver. */
export const driverVariable = "TEAM_RUNTIME_SANDBOX_DRIVER";

/** What the choice of a driver depends on. */
export interface HostFacts {
  /** `process.platform`. */
  readonly platform: string;
  readonly isRoot: boolean;
  /** `TEAM_RUNTIME_SANDBOX_DRIVER`; empty: this host decides. */
  readonly wanted: string;
  /** The driver that the instance's machines were made with. */
  readonly recorded: DriverName | undefined;
  /** Why Docker cannot be used; `undefined`: it answers. */
  readonly askDocker: () => Promise<string | undefined>;
}

/**
 * The driver for an instance: the one that it was made with or that `TEAM_RUNTIME_SANDBOX_DRIVER` names; else `unshare` for
 * root and `docker` for whoever may use it.
 *
 * @throws UserError on a host where machines cannot be booted, with every way to change that.
 */
export async function chooseDriver(name: string): Promise<Driver> {
  const instance = findInstance(name);
  const facts: HostFacts = {
    platform: process.platform,
    isRoot: process.getuid?.() === 0,
    wanted: process.env[driverVariable] ?? "",
    recorded: instance === undefined ? undefined : recordedDriver(instance)?.name,
    askDocker,
  };
  return drivers[await chooseDriverName(facts)];
}

/** The choice of `chooseDriver` as a function of what it depends on. */
export async function chooseDriverName(facts: HostFacts): Promise<DriverName> {
  const { isRoot, wanted, recorded } = facts;
  if (facts.platform !== "linux") {
    throw new UserError(
      "The sandbox boots Linux machines and needs a Linux host. Fix: run it in a Debian 12 VM.",
    );
  }
  if (wanted !== "" && !isDriverName(wanted)) {
    throw new UserError(
      `${driverVariable} is "${wanted}". Fix: use docker or unshare, or unset it to leave the choice to this host.`,
    );
  }
  if (wanted !== "" && recorded !== undefined && wanted !== recorded) {
    throw new UserError(
      `${driverVariable} is ${wanted}, but the machines of this sandbox were made with ${recorded}. Fix: unset it, or remove them first with \`${driverVariable}=${recorded} npm run sandbox -- down\`.`,
    );
  }
  const driver = wanted === "" ? (recorded ?? (isRoot ? "unshare" : undefined)) : wanted;
  if (driver === "unshare" && !isRoot) {
    throw new UserError(
      "The sandbox's driver unshare needs root: it makes namespaces, mounts and cgroups. Fix: run it as root (sudo).",
    );
  }
  if (driver === "unshare") return driver;
  const reason = await facts.askDocker();
  if (reason === undefined) return "docker";
  throw new UserError(
    driver === "docker"
      ? `The sandbox's driver docker cannot be used. ${reason}`
      : `The sandbox boots its machines either as root or by Docker, and can do neither: this user is not root, and ${lowerFirst(reason)} Or run it as root (sudo).`,
  );
}

/** The driver of that name. */
export function driverOf(name: string): Driver {
  if (!isDriverName(name)) throw new Error(`there is no driver ${name}`);
  return drivers[name];
}

/** The driver that the machines of an instance were made with; `undefined` while none were. */
export function recordedDriver(instance: Instance): Driver | undefined {
  const file = recordFile(instance);
  return existsSync(file) ? driverOf(readFileSync(file, "utf8").trim()) : undefined;
}

/** Notes for all later commands which driver an instance's machines are made with. */
export function recordDriver(instance: Instance, name: DriverName): void {
  writeFileSync(recordFile(instance), `${name}\n`);
}

function recordFile({ directory }: Instance): string {
  return join(directory, "driver");
}

function isDriverName(name: string): name is DriverName {
  return name in drivers;
}

function lowerFirst(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
