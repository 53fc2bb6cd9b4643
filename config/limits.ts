import { accept, refuse } from "./problem";
import type { Reading } from "./problem";
import { show } from "./show";

/** What an agent may take of its server. */
export interface Limits {
  /** Of all that runs in the agent's tmux server together: `8G`, `512M`, or a share of the server's memory such as `75%`. */
  readonly memory: string;
  /** Processes and threads. */
  readonly tasks: number;
  /** In percent of one processor: 150 are one and a half. Without it all of them, with less weight than people have. */
  readonly cpuPercent?: number;
  /** What its files may take together, wherever they lie: `40G`, or a share of the server's disk such as `50%`. Without it what there is. */
  readonly disk?: string;
}

/** What holds for an agent of which the team file says nothing: enough to work with, and the server stays usable. */
export const usualLimits: Limits = { memory: "75%", tasks: 4096 };

/** What differs, such as `memory from 22% to 45%, disk from all to 40G`; empty when nothing does. */
export function limitsDifference(before: Limits, after: Limits): string {
  const [was, is] = [inWords(before), inWords(after)];
  return Object.keys(was)
    .filter((name) => was[name] !== is[name])
    .map((name) => `${name} from ${was[name] ?? ""} to ${is[name] ?? ""}`)
    .join(", ");
}

function inWords({ memory, tasks, cpuPercent, disk = "all" }: Limits): Readonly<Record<string, string>> {
  const processors = cpuPercent === undefined ? "all" : String(cpuPercent / 100);
  return { memory, tasks: String(tasks), processors, disk };
}

/** What holds then on a server with that many agents: together they can take no more memory than one alone may be given. */
export function usualLimitsAmong(agents: number): Limits {
  return agents <= 1 ? usualLimits : { ...usualLimits, memory: `${Math.max(10, Math.floor(90 / agents))}%` };
}

/** What an amount is of, how one is written, and the least that an agent can work with. */
interface Amount {
  readonly of: "memory" | "disk";
  readonly examples: string;
  readonly leastMegabytes: number;
  readonly tooLittle: string;
}

/** Reads `8G`, `512M` or `75%`. */
export function readMemory(text: string): Reading<string> {
  return readAmount(text, {
    of: "memory",
    examples: "8G or 512M",
    leastMegabytes: 256,
    tooLittle: "below 256M its programs do not start",
  });
}

/** Reads `40G`, `2048M` or `50%`. */
export function readDisk(text: string): Reading<string> {
  return readAmount(text, {
    of: "disk",
    examples: "40G or 2048M",
    leastMegabytes: 1024,
    tooLittle: "below 1G the files of its own programs do not fit",
  });
}

function readAmount(text: string, { of, examples, leastMegabytes, tooLittle }: Amount): Reading<string> {
  const fix = `Write gigabytes or megabytes, such as ${examples}, or a share of the server's ${of} from 10% to 90%.`;
  const share = /^([1-9][0-9]?)%$/.exec(text)?.[1];
  if (share !== undefined) {
    if (Number(share) >= 10 && Number(share) <= 90) return accept(text);
    return refuse(`${show(text)} leaves too little, for the agent or for everybody else.`, fix);
  }
  const [, size, unit] = /^([1-9][0-9]{0,5})([GM])$/.exec(text) ?? [];
  if (size === undefined) return refuse(`${show(text)} is not an amount of ${of}.`, fix);
  const megabytes = Number(size) * (unit === "G" ? 1024 : 1);
  if (megabytes >= leastMegabytes) return accept(text);
  return refuse(`${show(text)} is too little for any agent: ${tooLittle}.`, fix);
}

/** Reads a number of processors, such as `2` or `1.5`, as percent of one. */
export function readCpus(text: string): Reading<number> {
  const percent = /^[0-9]{1,3}(\.[0-9]{1,2})?$/.test(text) ? Math.round(Number(text) * 100) : NaN;
  if (percent >= 10 && percent <= 25_600) return accept(percent);
  return refuse(
    `${show(text)} is not a number of processors.`,
    "Write a number from 0.1 to 256, such as 2 or 1.5.",
  );
}

/** Reads a number of processes and threads. */
export function readTasks(text: string): Reading<number> {
  const tasks = /^[1-9][0-9]{0,6}$/.test(text) ? Number(text) : NaN;
  if (tasks >= 64 && tasks <= 100_000) return accept(tasks);
  return refuse(
    `${show(text)} is not a number of processes that an agent can work with.`,
    "Write a whole number from 64 to 100000; an agent with its builds needs some hundreds.",
  );
}
