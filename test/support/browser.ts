import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { lineProgress } from "../../engine/progress";
import { ensureHostTools } from "../../sandbox/image/host-tools";

/** A key as the DevTools protocol names it. */
const keys = {
  Tab: { code: "Tab", windowsVirtualKeyCode: 9 },
  Enter: { code: "Enter", windowsVirtualKeyCode: 13, text: "\r" },
  Space: { code: "Space", key: " ", windowsVirtualKeyCode: 32, text: " " },
  ArrowDown: { code: "ArrowDown", windowsVirtualKeyCode: 40 },
} as const;

/** What a screen reader is told of one thing on a page. */
export interface Announced {
  readonly role: string;
  readonly name: string;
}

/** One page in a headless Chromium of its own, driven by the DevTools protocol over a pipe (`--remote-debugging-pipe`). */
export interface Browser {
  /** Loads a file; all that was set before, such as media or scripts, holds. */
  open(file: string): Promise<void>;
  /** The value of an expression in the page. */
  evaluate<Value>(expression: string): Promise<Value>;
  press(key: keyof typeof keys): Promise<void>;
  type(text: string): Promise<void>;
  /** Light or dark, screen or print. */
  media(scheme: "light" | "dark", medium?: "screen" | "print"): Promise<void>;
  scripts(mode: "on" | "off"): Promise<void>;
  /** Width and height of the window, in pixels. */
  size(width: number, height: number): Promise<void>;
  /** The accessibility tree without what is hidden. */
  announced(): Promise<readonly Announced[]>;
  screenshot(): Promise<Buffer>;
  /** The page as it prints: a PDF. */
  pdf(): Promise<Buffer>;
  /** Addresses that the page has asked for since it was opened. */
  readonly requests: readonly string[];
  /** Errors that the page has caused, broken security policies included. */
  readonly errors: readonly string[];
  close(): Promise<void>;
}

/** Whether Chromium is there or can be installed. Under CI it must be. */
export function canHaveBrowser(): boolean {
  return process.getuid?.() === 0 || process.env["CI"] === "true";
}

/** Starts Debian's Chromium, and installs it where it is missing. */
export async function startBrowser(): Promise<Browser> {
  await ensureHostTools(lineProgress(), { chromium: "chromium" });
  const profile = mkdtempSync(join(tmpdir(), "browser-"));
  const program = spawn(
    "chromium",
    [
      ...[
        "--headless=new",
        "--remote-debugging-pipe",
        `--user-data-dir=${profile}`,
        "--disable-gpu",
        "--hide-scrollbars",
      ],
      ...[
        "--no-first-run",
        "--disable-extensions",
        "--disable-background-networking",
        "--disable-dev-shm-usage",
      ],
      // Chromium's own sandbox refuses root; what is opened here is a page of the test's own.
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      "about:blank",
    ],
    { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] },
  );
  const protocol = new Protocol(program);
  const { targetId } = await protocol.send<{ targetId: string }>("Target.createTarget", {
    url: "about:blank",
  });
  const { sessionId } = await protocol.send<{ sessionId: string }>("Target.attachToTarget", {
    targetId,
    flatten: true,
  });
  const send = <Answer>(method: string, params: object = {}): Promise<Answer> =>
    protocol.send<Answer>(method, params, sessionId);
  await Promise.all(
    ["Page", "Runtime", "Network", "Log", "Accessibility"].map((domain) => send(`${domain}.enable`)),
  );

  const requests: string[] = [];
  const errors: string[] = [];
  protocol.on("Network.requestWillBeSent", ({ request }: { request: { url: string } }) =>
    requests.push(request.url),
  );
  protocol.on("Log.entryAdded", ({ entry }: { entry: { level: string; text: string } }) => {
    if (entry.level === "error") errors.push(entry.text);
  });
  protocol.on("Runtime.exceptionThrown", ({ exceptionDetails }: { exceptionDetails: { text: string } }) =>
    errors.push(exceptionDetails.text),
  );
  const evaluate = async <Value>(expression: string): Promise<Value> => {
    const { result, exceptionDetails } = await send<{
      result: { value: Value };
      exceptionDetails?: { text: string };
    }>("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true });
    if (exceptionDetails !== undefined) throw new Error(`${expression}: ${exceptionDetails.text}`);
    return result.value;
  };
  return {
    requests,
    errors,
    evaluate,
    async open(file) {
      requests.length = 0;
      errors.length = 0;
      const loaded = protocol.once("Page.loadEventFired");
      await send("Page.navigate", { url: `file://${file}` });
      await loaded;
    },
    async press(name) {
      const key = { key: name, ...keys[name] };
      await send("Input.dispatchKeyEvent", { type: "text" in key ? "keyDown" : "rawKeyDown", ...key });
      await send("Input.dispatchKeyEvent", { type: "keyUp", ...key });
    },
    async type(text) {
      await send("Input.insertText", { text });
    },
    async media(scheme, medium = "screen") {
      await send("Emulation.setEmulatedMedia", {
        media: medium,
        features: [{ name: "prefers-color-scheme", value: scheme }],
      });
    },
    async scripts(mode) {
      await send("Emulation.setScriptExecutionDisabled", { value: mode === "off" });
    },
    async size(width, height) {
      await send("Emulation.setDeviceMetricsOverride", {
        width,
        height,
        deviceScaleFactor: 1,
        mobile: false,
      });
    },
    async announced() {
      const { nodes } = await send<{
        nodes: readonly { ignored: boolean; role?: { value: string }; name?: { value: string } }[];
      }>("Accessibility.getFullAXTree");
      return nodes
        .filter(({ ignored }) => !ignored)
        .map(({ role, name }) => ({ role: role?.value ?? "", name: name?.value ?? "" }));
    },
    async screenshot() {
      const { data } = await send<{ data: string }>("Page.captureScreenshot", { format: "png" });
      return Buffer.from(data, "base64");
    },
    async pdf() {
      const { data } = await send<{ data: string }>("Page.printToPDF", { printBackground: true });
      return Buffer.from(data, "base64");
    },
    async close() {
      const ended = new Promise((resolve) => program.once("close", resolve));
      await protocol.send("Browser.close");
      await ended;
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** Messages of the DevTools protocol: JSON, each with a zero byte behind it, on descriptors 3 and 4. */
class Protocol {
  readonly #waiting = new Map<number, (message: Message) => void>();
  readonly #listeners = new Map<string, ((params: never) => void)[]>();
  readonly #out: Writable;
  #last = 0;
  #rest = "";

  constructor(program: ChildProcess) {
    this.#out = program.stdio[3] as Writable;
    const input = program.stdio[4] as Readable;
    input.setEncoding("utf8").on("data", (text: string) => {
      const parts = `${this.#rest}${text}`.split("\0");
      this.#rest = parts.pop() ?? "";
      for (const part of parts) this.#receive(JSON.parse(part) as Message);
    });
    program.on("error", (error) => {
      this.#fail(error.message);
    });
    program.on("close", () => {
      this.#fail("Chromium has ended.");
    });
  }

  send<Answer>(method: string, params: object = {}, sessionId?: string): Promise<Answer> {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ result, error }) => {
        if (error === undefined) resolve(result as Answer);
        else reject(new Error(`${method}: ${error.message}`));
      });
      this.#out.write(
        `${JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) })}\0`,
      );
    });
  }

  on(method: string, listener: (params: never) => void): void {
    this.#listeners.set(method, [...(this.#listeners.get(method) ?? []), listener]);
  }

  once(method: string): Promise<void> {
    return new Promise((resolve) => {
      this.on(method, () => {
        resolve();
      });
    });
  }

  #receive(message: Message): void {
    if (message.id !== undefined) {
      this.#waiting.get(message.id)?.(message);
      this.#waiting.delete(message.id);
    }
    for (const listener of this.#listeners.get(message.method ?? "") ?? []) listener(message.params as never);
  }

  #fail(why: string): void {
    for (const answer of this.#waiting.values()) answer({ error: { message: why } });
    this.#waiting.clear();
  }
}
