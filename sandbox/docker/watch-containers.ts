import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { dockerLines } from "./docker";
import { instanceFilter, serverOfContainer } from "./names";

/**
 * How machines end by themselves. reboot(2), "behavior inside PID namespaces": the init of a container that asked for a
 * reboot dies of SIGHUP, one that asked for power-off or halt dies of SIGINT; Docker shows 128 + the signal.
 */
const endings: Readonly<Record<string, "reboot" | "poweroff">> = { "129": "reboot", "130": "poweroff" };

/** Those who want to know how machines end. */
export interface ContainerListener {
  /** The machine of a server has ended by itself. */
  ended(id: number, how: "reboot" | "poweroff"): void;
  /** Nothing more will be heard: Docker has stopped, or was restarted. */
  lost(): void;
}

/** Tells the listener of every machine of an instance that ends by itself from now on. */
export function watchContainers(directory: string, listener: ContainerListener): { stop(): void } {
  const child = spawn(
    "docker",
    [
      ...["events", "--filter", instanceFilter(directory), "--filter", "event=die"],
      // Docker tells what has happened since, so nothing is missed until it listens.
      ...["--since", (Date.now() / 1000).toFixed(3)],
      ...["--format", "{{.Actor.Attributes.name}} {{.Actor.Attributes.exitCode}}"],
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  createInterface(child.stdout).on("line", (line) => {
    const [name = "", code = ""] = line.split(" ");
    const how = endings[code];
    if (how !== undefined) listener.ended(serverOfContainer(name), how);
  });
  const lost = (): void => {
    listener.lost();
  };
  child.once("error", lost);
  child.once("exit", lost);
  return {
    stop: () => {
      child.removeAllListeners("exit");
      child.kill("SIGKILL");
    },
  };
}

/** The servers whose machines have powered themselves off and were not booted since. */
export async function poweredOffContainers(directory: string): Promise<readonly number[]> {
  const names = await dockerLines(
    ...["ps", "--all", "--filter", instanceFilter(directory), "--filter", "exited=130"],
    ...["--format", "{{.Names}}"],
  );
  return names.map(serverOfContainer);
}
