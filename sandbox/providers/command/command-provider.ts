import type { Provider } from "../protocol/resource";
import { remoteCommand } from "./remote-command";

/** Stand-in for the command plugin 1.2.1: `remote.Command` without passwords, agents and proxies. */
export const commandProvider: Provider = {
  name: "command",
  version: "1.2.1",
  acceptSecrets: true,
  resources: new Map([["command:remote:Command", remoteCommand]]),
  checkConfiguration: () => [],
  configure: () => undefined,
};
