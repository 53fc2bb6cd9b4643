import { numberOf, textOf, type Properties } from "../protocol/property-values";
import type { SupportedProperties } from "../protocol/supported-properties";

/** How to reach a host, with the official plugin's defaults. */
export interface Connection {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly privateKey: string | undefined;
  /** The only host key accepted, as a line of authorized_keys; without it any is, as with the official plugin. */
  readonly hostKey: string | undefined;
  /** Dials that may fail before it gives up; -1 for no limit. */
  readonly dialErrorLimit: number;
  /** Milliseconds for one dial; 0 for no limit. */
  readonly perDialTimeout: number;
}

/** Passwords, agents and proxies are left to the official plugin. */
export const supportedConnection: SupportedProperties = {
  required: ["host"],
  optional: ["dialErrorLimit", "hostKey", "perDialTimeout", "port", "privateKey", "user"],
};

export function connectionOf(properties: Properties): Connection {
  return {
    host: textOf(properties, "host") ?? "",
    port: numberOf(properties, "port") ?? 22,
    user: textOf(properties, "user") ?? "root",
    privateKey: textOf(properties, "privateKey"),
    hostKey: textOf(properties, "hostKey"),
    dialErrorLimit: numberOf(properties, "dialErrorLimit") ?? 10,
    perDialTimeout: (numberOf(properties, "perDialTimeout") ?? 15) * 1000,
  };
}
