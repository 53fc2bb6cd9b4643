import type { Progress } from "../../engine/progress";
import { chooseDriver } from "../drivers/choose-driver";
import { findInstance } from "../instance/instance";
import { instanceName } from "../instance/name";
import { removeInstance } from "../remove-instance";
import { withInstanceLock } from "./instance-lock";

/** `npm run sandbox -- down`: ends everything of this clone's sandbox and removes it. Safe to run twice. */
export async function down(progress: Progress): Promise<number> {
  const name = instanceName();
  const driver = await chooseDriver(name);
  return withInstanceLock(name, progress, async () => {
    const instance = findInstance(name);
    if (instance === undefined) {
      progress.note(`The sandbox ${name} is not there; nothing to do.`);
      return 0;
    }
    await progress.step("removing the sandbox", () => removeInstance(instance, driver));
    progress.note(`The sandbox ${name} is gone.`);
    return 0;
  });
}
