import { ensureEngine } from "../../engine/engine";
import type { Progress } from "../../engine/progress";
import { requireDaemon } from "../daemon-process";
import { instanceEnvironment } from "../instance/environment";
import { requireInstance } from "../instance/instance";
import { instanceName } from "../instance/name";
import { runInherited } from "../run-inherited";
import { untilUnlocked } from "./instance-lock";

/** `npm run sandbox -- exec COMMAND…`: runs a command with the sandbox's environment, in the current folder. */
export async function exec([command = "", ...args]: readonly string[], progress: Progress): Promise<number> {
  await untilUnlocked(instanceName(), progress);
  const instance = requireInstance();
  requireDaemon(instance);
  return runInherited(command, args, {
    env: instanceEnvironment(instance, await ensureEngine(progress)),
  });
}
