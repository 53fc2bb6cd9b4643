import { setTimeout as sleep } from "node:timers/promises";

/** An error answer of the API, shown as the official client shows it: `server name is already used (uniqueness_error)`. */
export class HetznerError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(`${message} (${code})`);
  }
}

export interface HetznerClientOptions {
  /** Base of all paths, for instance `http://127.77.1.1:7780/v1`. */
  readonly endpoint: string;
  readonly token: string;
  /** Milliseconds between two looks at a running action. */
  readonly pollInterval: number;
  /** Milliseconds before the first retry; it doubles from there. */
  readonly retryDelay: number;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
}

type Method = "GET" | "POST" | "PUT" | "DELETE";

/** An action as far as waiting for it needs it. */
export interface ApiAction {
  readonly id: number;
  readonly status: "running" | "success" | "error";
  readonly error: { readonly code: string; readonly message: string } | null;
}

const retries = 5;
const longestDelayMilliseconds = 60_000;
const retriedCodes = ["conflict", "rate_limit_exceeded", "timeout"];
const retriedStatuses = [502, 504];

/** The calls of hcloud-go that the stand-in makes, with that client's retries. */
export class HetznerClient {
  readonly #options: HetznerClientOptions;

  constructor(options: HetznerClientOptions) {
    this.#options = options;
  }

  /**
   * One call; `T` is the shape of the answer's body. Up to five retries on `conflict`, `rate_limit_exceeded`,
   * `timeout` and the statuses 502 and 504.
   */
  async call<T>(method: Method, path: string, body?: object): Promise<T> {
    for (let attempt = 0; ; attempt += 1) {
      const response = await this.#send(method, path, body);
      const text = await response.text();
      if (response.ok) {
        return (text === "" ? {} : JSON.parse(text)) as T;
      }
      const error = errorOf(response.status, text);
      if (attempt === retries || !isRetried(response.status, error)) {
        throw error;
      }
      await sleep(Math.min(this.#options.retryDelay * 2 ** attempt, longestDelayMilliseconds));
    }
  }

  /** `GET`, or undefined where the API answers not_found. */
  async find<T>(path: string): Promise<T | undefined> {
    return this.call<T>("GET", path).catch((error: unknown) => {
      if (error instanceof HetznerError && error.code === "not_found") {
        return undefined;
      }
      throw error;
    });
  }

  /** `DELETE`; what is gone already counts as deleted. */
  async deleteIfThere(path: string): Promise<void> {
    await this.call("DELETE", path).catch((error: unknown) => {
      if (!(error instanceof HetznerError && error.code === "not_found")) {
        throw error;
      }
    });
  }

  /** Makes a call that answers with an action, and waits for it. */
  async act(path: string, body?: object): Promise<void> {
    const answer = await this.call<{ action?: ApiAction; actions?: readonly ApiAction[] }>(
      "POST",
      path,
      body,
    );
    await this.wait([...(answer.action === undefined ? [] : [answer.action]), ...(answer.actions ?? [])]);
  }

  /** Waits until actions are over; those that came back finished are not asked for. */
  async wait(actions: readonly ApiAction[]): Promise<void> {
    let current = actions;
    for (;;) {
      const failed = current.find(({ status }) => status === "error");
      if (failed !== undefined) {
        throw new HetznerError(
          failed.error?.code ?? "unknown_error",
          failed.error?.message ?? "the action failed",
        );
      }
      const running = current.filter(({ status }) => status === "running");
      if (running.length === 0) {
        return;
      }
      await sleep(this.#options.pollInterval);
      const query = [...running.map(({ id }) => `id=${id}`), "sort=status", "sort=id"].join("&");
      current = (await this.call<{ actions: readonly ApiAction[] }>("GET", `/actions?${query}`)).actions;
    }
  }

  #send(method: Method, path: string, body: object | undefined): Promise<Response> {
    const { endpoint, token, fetch } = this.#options;
    return fetch(`${endpoint}${path}`, {
      method,
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((error: unknown) => {
      const cause =
        error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
      throw new Error(`${method} ${endpoint}${path}: ${cause}`, { cause: error });
    });
  }
}

function errorOf(status: number, text: string): Error {
  const parsed = text.startsWith("{")
    ? (JSON.parse(text) as { error?: { code: string; message: string } })
    : {};
  return parsed.error === undefined
    ? new Error(`hcloud: server responded with status code ${status}`)
    : new HetznerError(parsed.error.code, parsed.error.message);
}

function isRetried(status: number, error: Error): boolean {
  return error instanceof HetznerError ? retriedCodes.includes(error.code) : retriedStatuses.includes(status);
}
