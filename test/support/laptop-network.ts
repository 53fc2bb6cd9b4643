import { run } from "../../engine/run";
import { requireInstance } from "../../sandbox/instance/instance";
import { entranceNamespace } from "../../sandbox/network/names";
import { openNetwork } from "../../sandbox/network/network";
import { journeysInstance } from "./journeys-instance";

/** Takes the network from everybody's laptop, as a tunnel does: nothing is refused, nothing arrives. Servers keep theirs. */
export async function cutLaptopNetwork(): Promise<void> {
  const namespace = entranceNamespace(requireInstance(journeysInstance()).number);
  const { code, stderr } = await run("ip", ["-n", namespace, "link", "set", "host", "down"]);
  if (code !== 0) throw new Error(stderr);
}

/** Gives it back. */
export async function restoreLaptopNetwork(): Promise<void> {
  await openNetwork(requireInstance(journeysInstance()).number);
}
