import { ensureEngine } from "../../engine/engine";
import type { Progress } from "../../engine/progress";
import { UserError } from "../../engine/user-error";
import { requireDaemon } from "../daemon-process";
import { instanceEnvironment } from "../instance/environment";
import { requireInstance } from "../instance/instance";
import { laptopKey } from "../laptop/laptop-key";
import { serverOfPerson } from "../laptop/known-servers";
import { sshArguments } from "../laptop/ssh-arguments";
import { runInherited } from "../run-inherited";

/**
 * `npm run sandbox -- ssh PERSON@SERVER [COMMAND…]`: logs in from that person's laptop, with their throw-away key. To their
 * own server directly; to any other the way a lead goes, from their own server on. The exit code is ssh's.
 */
export async function ssh(target: string, command: readonly string[], progress: Progress): Promise<number> {
  const [, person, server] = /^([a-z][a-z0-9-]*)@([a-z][a-z0-9-]*)$/.exec(target) ?? [];
  if (person === undefined || server === undefined) {
    throw new UserError(
      `${target} is not PERSON@SERVER. Fix: for instance \`npm run sandbox -- ssh wes@dev-wes\`.`,
    );
  }
  const instance = requireInstance();
  requireDaemon(instance);
  const environment = instanceEnvironment(instance, await ensureEngine(progress));
  const known = await serverOfPerson(instance, environment, person);
  const key = await laptopKey(instance, person);
  const args = sshArguments({
    person,
    key,
    server: known.server,
    knownHostsFile: known.knownHostsFile,
    ...(server === known.server.name ? {} : { onwardTo: server }),
    command,
    terminal: process.stdin.isTTY,
  });
  return runInherited("ssh", args, { env: environment });
}
