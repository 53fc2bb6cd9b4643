import { readFileSync } from "node:fs";

/** A process, told apart from later ones that got the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks between the host's boot and the start of the process (proc(5), field 22 of stat). */
  readonly startTime: number;
}

/** The process with this number that is running now. */
export function identify(pid: number): ProcessIdentity | undefined {
  const stat = readStat(pid);
  // A zombie has ended; only its parent has not yet noticed.
  return stat === undefined || stat.state === "Z" ? undefined : { pid, startTime: stat.startTime };
}

export function isAlive(process: ProcessIdentity): boolean {
  return identify(process.pid)?.startTime === process.startTime;
}

/** Reads the file `PID START_TIME` that the machine's scripts write; `undefined` if it is not there or half written. */
export function readIdentity(file: string): ProcessIdentity | undefined {
  const [, pid, startTime] = /^(\d+) (\d+)\n$/.exec(readIfThere(file)) ?? [];
  return pid === undefined ? undefined : { pid: Number(pid), startTime: Number(startTime) };
}

/** Sends a signal, by number for the real-time ones that Node has no names for; a process that is gone is no error. */
export function signal(target: ProcessIdentity, kind: NodeJS.Signals | number): void {
  if (!isAlive(target)) return;
  try {
    process.kill(target.pid, kind);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function readStat(pid: number): { readonly state: string; readonly startTime: number } | undefined {
  const text = readIfThere(`/proc/${String(pid)}/stat`);
  // The second field, the name in brackets, may itself hold spaces and brackets: count from the last one.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state, startTime] = [fields[0], fields[19]];
  return state === undefined || startTime === undefined ? undefined : { state, startTime: Number(startTime) };
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
