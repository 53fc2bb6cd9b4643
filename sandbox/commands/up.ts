import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { ensureEngine } from "../../engine/engine";
import { installPlugins } from "../../engine/plugins";
import type { Progress } from "../../engine/progress";
import { ensureDaemon } from "../daemon-process";
import { deploy } from "../deploy";
import { ensureHostTools } from "../image/host-tools";
import { ensureImage } from "../image/image";
import { instanceEnvironment } from "../instance/environment";
import { openInstance, pulumiHome } from "../instance/instance";
import { instanceName } from "../instance/name";
import { withInstanceLock } from "./instance-lock";
import { requireHost } from "./require-host";

const nextSteps = `
The sandbox is up. What to try next:
  npm run sandbox -- ssh wes@dev-wes                                     log in as Wes
  npm run sandbox -- ssh wes@dev-wes sudo -u wes-agent id                Wes may act as his agent
  npm run sandbox -- ssh marcus@dev-wes sudo -u wes-agent tmux ls        so may Marcus, who leads him
  npm run sandbox -- exec pulumi preview --diff                          after a change of team.dev.yaml
  npm run sandbox -- down                                                remove it all
`;

/** `npm run sandbox`: gets all that is needed, starts the local Hetzner and applies the team file. Run again, it converges. */
export async function up(offline: boolean, progress: Progress): Promise<number> {
  requireHost();
  const name = instanceName();
  return withInstanceLock(name, progress, async () => {
    await ensureHostTools(progress);
    const [systemImage, engine] = await bothOrNone(ensureImage(progress), ensureEngine(progress));
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
    await progress.step("starting the local Hetzner", () => ensureDaemon(instance, systemImage, offline));
    await mkdir(join(instance.directory, "pulumi-state"), { recursive: true });
    await deploy(instanceEnvironment(instance, engine), progress);
    process.stdout.write(nextSteps);
    return 0;
  });
}

/** Waits for both before it throws for one: neither goes on behind the error's back. */
async function bothOrNone<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([first, second]);
  return Promise.all([first, second]);
}
