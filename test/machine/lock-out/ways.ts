import fc from "fast-check";
import { programOnServer } from "./programs";

/** What a lead does on the server as the agent. */
export interface LeadCommand {
  readonly name: string;
  /** The line that he types; `number` makes names of its own, `delay` is in milliseconds. */
  readonly line: (number: number, delay: number) => string;
  /** What is printed when it runs. */
  readonly ready: string;
  readonly needsTerminal?: true;
}

/** How a lead's shell comes to the server. */
export type Connection = "shell" | "command" | "command without a terminal" | "multiplexed" | "eternal";

const asAgent = "sudo -n -u wes-agent";
const [waits, deaf, forks, disguised] = ["waits", "deaf", "forks", "disguised"].map(programOnServer) as [
  string,
  string,
  string,
  string,
];
// Written so that the echo of the line is not taken for its answer.
const thenReady = "echo rea''dy; wait";
const ready = "ready";

/** Everything that is not a plain command is a way in which a revocation could miss something. */
export const leadCommands: readonly LeadCommand[] = [
  { name: "attached", line: () => `${asAgent} tmux attach -t work`, ready: "[work]", needsTerminal: true },
  { name: "a nested shell", line: () => `${asAgent} bash -c 'bash -c "${waits}; true"; true'`, ready },
  { name: "sudo below sudo", line: () => `${asAgent} ${asAgent} ${deaf}`, ready },
  { name: "a shell that ignores HUP and TERM", line: () => `${asAgent} ${deaf}`, ready },
  { name: "setsid", line: () => `${asAgent} setsid --wait ${deaf}`, ready },
  { name: "setsid in the background", line: () => `${asAgent} setsid -f ${deaf}; ${thenReady}`, ready },
  { name: "nohup", line: () => `nohup ${asAgent} nohup ${waits} > /dev/null 2>&1 & ${thenReady}`, ready },
  {
    name: "script",
    line: () => `script -qfc '${asAgent} ${deaf}' /dev/null`,
    ready,
    needsTerminal: true,
  },
  { name: "sudo's own background", line: () => `${asAgent} -b ${deaf}; ${thenReady}`, ready },
  {
    name: "a stopped sudo",
    line: () => `${asAgent} ${waits} & sleep 0.3; kill -STOP $!; ${thenReady}`,
    ready,
  },
  {
    name: "a sudo that is stopped while it starts, under another name",
    line: (_number, delay) =>
      `ln -sf /usr/bin/sudo innocent; ./innocent -n -u wes-agent ${waits} & sleep ${String(delay / 1000)}; kill -STOP $!; ${thenReady}`,
    ready,
  },
  {
    name: "a sudo that the lead has killed himself",
    line: () => `${asAgent} ${deaf} & sleep 0.3; kill -KILL $!; ${thenReady}`,
    ready,
  },
  { name: "a program that keeps forking", line: () => `${asAgent} ${forks}; ${thenReady}`, ready },
  { name: "a program named tmux: server", line: () => `${asAgent} ${disguised}; ${thenReady}`, ready },
  {
    name: "a tmux server of his own, attached",
    line: (number) => `${asAgent} tmux -L mine-${String(number)} new-session -s own`,
    ready: "[own]",
    needsTerminal: true,
  },
  {
    name: "a tmux server of his own, left behind",
    line: (number) => `${asAgent} tmux -S /tmp/.mine-${String(number)} new-session -d ${deaf}; ${thenReady}`,
    ready,
  },
];

/** One terminal of the lead's. */
export interface LeadTerminal {
  readonly connection: Connection;
  readonly command: LeadCommand;
  readonly delay: number;
}

/** What takes the lead's access over Wes's agent away. */
export type Change = "his last grant goes" | "a grant goes and another stays" | "the grant is narrowed";

/** One run: what is open, and in which order things happen. */
export interface Scenario {
  readonly change: Change;
  /** Opened in this order, all at the same time. */
  readonly terminals: readonly LeadTerminal[];
  /** The last of the terminals is not waited for: it is opened while the access goes. */
  readonly lastIsLate: boolean;
  /** Bystanders who leave and come back in between. */
  readonly reopened: readonly ("wes" | "nadia")[];
  /** Milliseconds between the last opening and the revocation. */
  readonly pause: number;
}

const anyTerminal: fc.Arbitrary<LeadTerminal> = fc
  .record({
    connection: fc.constantFrom<Connection>(
      "shell",
      "command",
      "command without a terminal",
      "multiplexed",
      "eternal",
    ),
    command: fc.constantFrom(...leadCommands),
    delay: fc.integer({ min: 0, max: 25 }),
  })
  .filter(
    ({ connection, command }) =>
      command.needsTerminal !== true || connection !== "command without a terminal",
  );

/** Any run. */
export const anyScenario: fc.Arbitrary<Scenario> = fc.record({
  change: fc.constantFrom<Change>(
    "his last grant goes",
    "a grant goes and another stays",
    "the grant is narrowed",
  ),
  terminals: fc.array(anyTerminal, { minLength: 1, maxLength: 4 }),
  lastIsLate: fc.boolean(),
  reopened: fc.subarray<"wes" | "nadia">(["wes", "nadia"]),
  pause: fc.integer({ min: 0, max: 300 }),
});

/** A scenario in a line. */
export function describeScenario({ change, terminals, lastIsLate, reopened, pause }: Scenario): string {
  const open = terminals.map(({ connection, command, delay }) => `${connection}/${command.name}/${delay}`);
  return `${change}; ${open.join(", ")}${lastIsLate ? " (late)" : ""}; reopened ${reopened.join() || "nobody"}; ${pause} ms`;
}
