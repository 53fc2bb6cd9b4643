import type { Progress } from "../../engine/progress";
import { withLock } from "../instance/lock";
import { stateDirectory } from "../instance/state-directory";

/** Runs `work` while no other command changes the instance; says whom it waits for. */
export async function withInstanceLock<T>(
  name: string,
  progress: Progress,
  work: () => Promise<T>,
): Promise<T> {
  const words = process.argv.slice(2);
  const command = ["npm run sandbox", ...(words.length === 0 ? [] : ["--", ...words])].join(" ");
  return withLock(
    stateDirectory(name),
    command,
    (holder) => {
      progress.note(
        `Waiting for \`${holder.command}\` (process ${String(holder.pid)}, since ${holder.since}), which works on this sandbox …`,
      );
    },
    work,
  );
}

/** Waits until no command changes the instance, then goes on without keeping others from it. */
export async function untilUnlocked(name: string, progress: Progress): Promise<void> {
  await withInstanceLock(name, progress, async () => Promise.resolve());
}
