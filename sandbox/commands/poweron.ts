import type { Progress } from "../../engine/progress";
import { UserError } from "../../engine/user-error";
import { requireDaemon } from "../daemon-process";
import { apiEndpoint, requireInstance } from "../instance/instance";
import { instanceName } from "../instance/name";
import { findServer } from "./find-server";
import { untilUnlocked } from "./instance-lock";

/** `npm run sandbox -- poweron SERVER`: switches a server on, as in a provider's console. One that runs is no error. */
export async function powerOn(name: string, progress: Progress): Promise<number> {
  await untilUnlocked(instanceName(), progress);
  const instance = requireInstance();
  requireDaemon(instance);
  const { id } = findServer(instance, name);
  const answer = await fetch(`${apiEndpoint(instance)}/servers/${String(id)}/actions/poweron`, {
    method: "POST",
    // The local API takes every token of the right length.
    headers: { Authorization: `Bearer ${"0".repeat(64)}` },
  });
  if (!answer.ok) throw new UserError(`${name} could not be switched on: ${await answer.text()}`);
  progress.note(`${name} is on.`);
  return 0;
}
