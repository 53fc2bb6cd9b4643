import type { Client } from "ssh2";

import type { ResourceLog } from "../protocol/resource";

type Environment = Readonly<Record<string, string>>;

/** ssh2 takes an environment here, which its type declarations leave out. */
interface SubsystemWithEnvironment {
  sftp(environment: Environment, callback: (error: Error | undefined) => void): void;
}

/**
 * Refuses variables that the server does not accept (AcceptEnv in sshd_config), as the official plugin does before it
 * runs the command.
 */
export async function refuseUnacceptedVariables(
  client: Client,
  environment: Environment,
  log: ResourceLog,
): Promise<void> {
  for (const [name, value] of Object.entries(environment)) {
    if (!(await acceptsVariable(client, name, value))) {
      log.error(unableToSet(name));
      throw new Error(`could not set environment variable "${name}": ssh: setenv failed`);
    }
  }
}

/** Leaves out the variables that the server does not accept, with a warning for each. */
export async function acceptedVariables(
  client: Client,
  wanted: Environment,
  log: ResourceLog,
): Promise<Environment> {
  const accepted: Record<string, string> = {};
  for (const [name, value] of Object.entries(wanted)) {
    if (await acceptsVariable(client, name, value)) {
      accepted[name] = value;
    } else {
      log.warning(unableToSet(name));
    }
  }
  return accepted;
}

/**
 * Asks the server. ssh2 waits for the answer to an environment request only in its `sftp` call, so that is used, on a
 * channel of its own; whether the server has SFTP does not matter.
 */
function acceptsVariable(client: Client, name: string, value: string): Promise<boolean> {
  return new Promise((resolve) => {
    (client as unknown as SubsystemWithEnvironment).sftp({ [name]: value }, (error) => {
      resolve(error?.message !== "Unable to set environment");
    });
  });
}

function unableToSet(name: string): string {
  return (
    `Unable to set '${name}'. This only works if your SSH server is configured to accept\n` +
    "\tthese variables via AcceptEnv. Alternatively, if a Bash-like shell runs the command on the remote host, you could\n" +
    "\tprefix the command itself with the variables in the form 'VAR=value command'"
  );
}
