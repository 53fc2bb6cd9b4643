import { textOf, type Properties } from "../protocol/property-values";
import { refusals } from "../protocol/supported-properties";
import type { HetznerClientOptions } from "./hetzner-client";

const defaultEndpoint = "https://api.hetzner.cloud/v1";
const tokenLength = 64;

type Environment = Readonly<Record<string, string | undefined>>;

/** Stack configuration first, then HCLOUD_TOKEN and HCLOUD_ENDPOINT. */
export function clientOptions(configuration: Properties, environment: Environment): HetznerClientOptions {
  return {
    token: textOf(configuration, "token") ?? environment["HCLOUD_TOKEN"] ?? "",
    endpoint: textOf(configuration, "endpoint") ?? environment["HCLOUD_ENDPOINT"] ?? defaultEndpoint,
    pollInterval: 500,
    retryDelay: 1000,
    fetch: (url, init) => fetch(url, init),
  };
}

/** What the official plugin refuses before any call: no token, or one of the wrong length. */
export function configurationFailures(configuration: Properties, environment: Environment): string[] {
  const { token } = clientOptions(configuration, environment);
  const refused = refusals("hcloud", configuration, {
    required: [],
    optional: ["endpoint", "token", "version"],
  });
  if (token === "") {
    const reason =
      "Provider is missing a required configuration key, try `pulumi config set hcloud:token --secret`, " +
      "or set HCLOUD_TOKEN: the token of your Hetzner Cloud project.";
    return [...refused, reason];
  }
  if (token.length !== tokenLength) {
    const reason = "entered token is invalid (must be exactly 64 characters long)";
    return [...refused, reason];
  }
  return refused;
}
