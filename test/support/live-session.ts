import { spawn } from "node:child_process";
import { until } from "./until";

/** A program that runs with its input held open, such as an ssh with a terminal on the far side. Lighter than a `Terminal`: it has no screen. */
export interface LiveSession {
  /** Sends a line and the return key. */
  type(line: string): void;
  /** Everything that it has printed so far. */
  output(): string;
  /** Waits until it has printed a text. */
  waitFor(text: string | RegExp, seconds?: number): Promise<void>;
  isOpen(): boolean;
  /** Ends it from this side and waits until it has ended. */
  close(): Promise<void>;
}

/** Starts a program as a live session. */
export function openLiveSession(command: string, args: readonly string[]): LiveSession {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"] });
  let output = "";
  let open = true;
  const keep = (text: string): void => {
    output += text;
  };
  child.stdout.setEncoding("utf8").on("data", keep);
  child.stderr.setEncoding("utf8").on("data", keep);
  child.stdin.on("error", () => undefined);
  const ended = new Promise<void>((resolve) => {
    const end = (): void => {
      open = false;
      resolve();
    };
    child.on("exit", end).on("error", end);
  });
  return {
    type: (line) => {
      child.stdin.write(`${line}\r`);
    },
    output: () => output,
    waitFor: (text, seconds = 20) =>
      until(
        () => Promise.resolve(typeof text === "string" ? output.includes(text) : text.test(output)),
        seconds,
        () => `The session did not print ${String(text)}. It printed:\n${output.slice(-3000)}`,
      ),
    isOpen: () => open,
    close: async () => {
      child.stdin.end();
      child.kill("SIGKILL");
      await ended;
    },
  };
}
