import type { Provider } from "../protocol/resource";
import { randomBytesResource } from "./random-bytes";
import { randomPassword } from "./random-password";

/** Stand-in for the random plugin 4.21.1: passwords and bytes. */
export const randomProvider: Provider = {
  name: "random",
  version: "4.21.1",
  acceptSecrets: false,
  resources: new Map([
    ["random:index/randomBytes:RandomBytes", randomBytesResource],
    ["random:index/randomPassword:RandomPassword", randomPassword],
  ]),
  checkConfiguration: () => [],
  configure: () => undefined,
};
