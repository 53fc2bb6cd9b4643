import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { ensureEngine } from "../../engine/engine";
import { installPlugins } from "../../engine/plugins";
import type { Progress } from "../../engine/progress";
import { jsonFileStore } from "../api/cloud-store";
import { committedTeam } from "../committed-team";
import { ensureDaemon } from "../daemon-process";
import { deploy } from "../deploy";
import { chooseDriver } from "../drivers/choose-driver";
import { ensureHostTools } from "../image/host-tools";
import { instanceEnvironment } from "../instance/environment";
import { cloudFile, openInstance, pulumiHome, type Instance } from "../instance/instance";
import { instanceName } from "../instance/name";
import { peopleWithLaptops } from "../laptop/laptop-key";
import { nextSteps } from "../next-steps";
import { withInstanceLock } from "./instance-lock";

/** `npm run sandbox`: gets all that is needed, starts the local Hetzner and applies the team file. Run again, it converges. */
export async function up(offline: boolean, progress: Progress): Promise<number> {
  const team = committedTeam();
  const name = instanceName();
  const driver = await chooseDriver(name);
  return withInstanceLock(name, progress, async () => {
    await ensureHostTools(progress, driver.hostTools);
    const [image, engine] = await bothOrNone(driver.ensureImage(progress), ensureEngine(progress));
    const instance = await openInstance(name);
    const plugins = await installPlugins(pulumiHome(instance), progress);
    const standIns = Object.entries(plugins).flatMap(([plugin, kind]) =>
      kind === "stand-in" ? [plugin] : [],
    );
    if (standIns.length > 0) {
      progress.note(
        `Plugins that cannot be had here are the sandbox's own stand-ins: ${standIns.join(", ")}.`,
      );
    }
    await progress.step("starting the local Hetzner", () => ensureDaemon(instance, driver, image, offline));
    await mkdir(join(instance.directory, "pulumi-state"), { recursive: true });
    await deploy(instanceEnvironment(instance, engine), progress);
    sayWhatIsOff(instance, progress);
    process.stdout.write(nextSteps(team, peopleWithLaptops()));
    return 0;
  });
}

/** A server that was powered off from inside stays off, and Pulumi does not look. */
function sayWhatIsOff(instance: Instance, progress: Progress): void {
  const { servers } = jsonFileStore(cloudFile(instance)).read();
  for (const { name } of servers.filter(({ status }) => status === "off")) {
    progress.note(
      `${name} was powered off and stays off. To switch it on: npm run sandbox -- poweron ${name}`,
    );
  }
}

/** Waits for both before it throws for one: neither goes on behind the error's back. */
async function bothOrNone<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([first, second]);
  return Promise.all([first, second]);
}
