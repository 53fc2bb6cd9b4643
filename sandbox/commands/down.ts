import type { Progress } from "../../engine/progress";
import { findInstance } from "../instance/instance";
import { instanceName } from "../instance/name";
import { removeInstance } from "../remove-instance";
import { withInstanceLock } from "./instance-lock";
import { requireHost } from "./require-host";

/** `npm run sandbox -- down`: ends everything of this clone's sandbox and removes it. Safe to run twice. */
export async function down(progress: Progress): Promise<number> {
  requireHost();
  const name = instanceName();
  return withInstanceLock(name, progress, async () => {
    const instance = findInstance(name);
    if (instance === undefined) {
      progress.note(`The sandbox ${name} is not there; nothing to do.`);
      return 0;
    }
    await progress.step("removing the sandbox", () => removeInstance(instance));
    progress.note(`The sandbox ${name} is gone.`);
    return 0;
  });
}
