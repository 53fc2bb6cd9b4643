import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../engine/run";
import { until } from "./until";

/** A real terminal in which a person types: a tmux of the test's own. */
export interface Terminal {
  /** Types a line and the return key. */
  type(line: string): Promise<void>;
  /** Presses keys by tmux's names for them: `C-b`, `Enter`, `d`. */
  press(...keys: readonly string[]): Promise<void>;
  /** Sends text as it is, control characters included. */
  send(text: string): Promise<void>;
  /** What stands on the screen. */
  screen(): Promise<string>;
  /** Waits until the screen shows a text. */
  waitFor(text: string | RegExp, seconds?: number): Promise<void>;
  close(): Promise<void>;
}

/** Characters in a line, and lines. */
export interface TerminalSize {
  readonly columns: number;
  readonly lines: number;
}

/** Opens a terminal that runs a program. When the program ends, the screen stays as it was and says so (`Pane is dead`). */
export async function openTerminal(
  command: readonly string[],
  environment: NodeJS.ProcessEnv,
  { columns, lines }: TerminalSize = { columns: 100, lines: 30 },
): Promise<Terminal> {
  const folder = mkdtempSync(join(tmpdir(), "terminal-"));
  const tmux = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await run(
      "tmux",
      ["-S", join(folder, "socket"), "-f", "/dev/null", ...args],
      {
        env: { ...environment, TERM: "xterm-256color" },
      },
    );
    if (code !== 0) throw new Error(`tmux ${args.join(" ")}: ${stderr}`);
    return stdout;
  };
  const size = ["-x", String(columns), "-y", String(lines)];
  await tmux("new-session", "-d", ...size, "-s", "laptop", "sleep 1000000");
  await tmux("set-option", "-g", "remain-on-exit", "on");
  await tmux("respawn-pane", "-k", "-t", "laptop", ...command);
  const screen = (): Promise<string> => tmux("capture-pane", "-p", "-t", "laptop");
  return {
    type: async (line) => {
      await tmux("send-keys", "-t", "laptop", "-l", line);
      await tmux("send-keys", "-t", "laptop", "Enter");
    },
    press: async (...keys) => {
      await tmux("send-keys", "-t", "laptop", ...keys);
    },
    send: async (text) => {
      await tmux("send-keys", "-t", "laptop", "-l", text);
    },
    screen,
    waitFor: async (text, seconds = 20) => {
      let last = "";
      await until(
        async () => {
          last = await screen();
          return typeof text === "string" ? last.includes(text) : text.test(last);
        },
        seconds,
        () => `The terminal did not show ${String(text)}. It shows:\n${last}`,
      );
    },
    close: async () => {
      await tmux("kill-server").catch(() => undefined);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
