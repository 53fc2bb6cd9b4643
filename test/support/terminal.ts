import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../engine/run";
import { until } from "./until";

/** A real terminal of 100 × 30 characters in which a person types: a tmux of the test's own. */
export interface Terminal {
  /** Types a line and the return key. */
  type(line: string): Promise<void>;
  /** What stands on the screen. */
  screen(): Promise<string>;
  /** Waits until the screen shows a text. */
  waitFor(text: string | RegExp, seconds?: number): Promise<void>;
  close(): Promise<void>;
}

/** Opens a terminal that runs a program. When the program ends, the screen stays as it was and says so (`Pane is dead`). */
export async function openTerminal(
  command: readonly string[],
  environment: NodeJS.ProcessEnv,
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
  await tmux("new-session", "-d", "-x", "100", "-y", "30", "-s", "laptop", "sleep 1000000");
  await tmux("set-option", "-g", "remain-on-exit", "on");
  await tmux("respawn-pane", "-k", "-t", "laptop", ...command);
  const screen = (): Promise<string> => tmux("capture-pane", "-p", "-t", "laptop");
  return {
    type: async (line) => {
      await tmux("send-keys", "-t", "laptop", "-l", line);
      await tmux("send-keys", "-t", "laptop", "Enter");
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
