import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { projectRoot } from "../../config/project-root";
import { isAlive, readIdentity, signal, type ProcessIdentity } from "./process-identity";

/** What `supervise.sh` has to be told; its header says what each is. */
export interface MachineProcessSpec {
  readonly directory: string;
  readonly networkNamespace: string;
  readonly cgroup: string;
  readonly hostname: string;
  readonly layers: readonly string[];
}

const supervisor = join(projectRoot, "sandbox", "machine", "supervise.sh");
const pollMilliseconds = 50;
const bootTimeoutMilliseconds = 20_000;
const killTimeoutMilliseconds = 10_000;
/** As long as a provider's console waits after its power button was pressed. */
const shutdownTimeoutMilliseconds = 30_000;

/** systemd(1): SIGRTMIN+4 starts poweroff.target. SIGRTMIN is 34 for programs that use glibc. */
const powerOffSignal = 34 + 4;

/** True while a machine's supervisor runs: it is up, going up or down, or rebooting. */
export function isRunning(directory: string): boolean {
  return living(directory, "supervisor") !== undefined;
}

/** The init (systemd) of a machine, as the host sees it; `undefined` while it is off. */
export function machineInit(directory: string): ProcessIdentity | undefined {
  return living(directory, "init");
}

/** True when a machine has powered itself off and was not booted since; see `supervise.sh`. */
export function hasPoweredOff(directory: string): boolean {
  return existsSync(poweredOffMark(directory));
}

/** Boots a machine. It goes on when this process ends. Resolves when its init runs. */
export async function bootMachine(spec: MachineProcessSpec): Promise<void> {
  rmSync(poweredOffMark(spec.directory), { force: true });
  const console = openSync(join(spec.directory, "console.log"), "a");
  const child = spawn(
    supervisor,
    [spec.directory, spec.networkNamespace, spec.cgroup, spec.hostname, ...spec.layers],
    { detached: true, stdio: ["ignore", console, console] },
  );
  closeSync(console);
  child.on("error", () => undefined);
  child.unref();
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const hasBooted = (): boolean => hasBecomeSystemd(machineInit(spec.directory));
  await waitFor(() => hasEnded() || hasBooted(), bootTimeoutMilliseconds);
  if (!hasBooted()) throw new Error(`the machine did not boot: ${lastLines(spec.directory)}`);
}

/** Ends a machine as a cut of its power does. */
export async function killMachine(directory: string): Promise<void> {
  const init = machineInit(directory);
  const supervisorProcess = living(directory, "supervisor");
  // First the supervisor: it boots no more, and what it has booted dies with it.
  if (supervisorProcess !== undefined) signal(supervisorProcess, "SIGKILL");
  if (init !== undefined) signal(init, "SIGKILL");
  const gone = await waitFor(
    () => !isRunning(directory) && machineInit(directory) === undefined,
    killTimeoutMilliseconds,
  );
  if (!gone) throw new Error(`the machine in ${directory} does not end, although it was killed`);
}

/** Asks a machine to power off, and cuts its power if it has not done so in time. */
export async function shutDownMachine(directory: string): Promise<void> {
  const init = machineInit(directory);
  if (init !== undefined) {
    signal(init, powerOffSignal);
    await waitFor(() => !isRunning(directory), shutdownTimeoutMilliseconds);
  }
  await killMachine(directory);
}

function poweredOffMark(directory: string): string {
  return join(directory, "powered-off");
}

function living(directory: string, role: "init" | "supervisor"): ProcessIdentity | undefined {
  const identity = readIdentity(join(directory, role));
  return identity !== undefined && isAlive(identity) ? identity : undefined;
}

/** The scripts that prepare a machine run under the number that becomes its init: only systemd is a booted machine. */
function hasBecomeSystemd(init: ProcessIdentity | undefined): boolean {
  if (init === undefined) return false;
  try {
    return readFileSync(`/proc/${String(init.pid)}/comm`, "utf8") === "systemd\n";
  } catch {
    return false;
  }
}

async function waitFor(condition: () => boolean, milliseconds: number): Promise<boolean> {
  const end = Date.now() + milliseconds;
  while (!condition()) {
    if (Date.now() > end) return false;
    await sleep(pollMilliseconds);
  }
  return true;
}

function lastLines(directory: string): string {
  const lines = readFileSync(join(directory, "console.log"), "utf8").trim().split("\n");
  return lines.slice(-5).join("; ");
}
