import type { Hono } from "hono";

import type { Cloud } from "../../sandbox/api/cloud";
import { memoryStore } from "../../sandbox/api/cloud-store";
import { createApi } from "../../sandbox/api/create-api";
import type { MachineDriver, MachineSpec } from "../../sandbox/api/machine-driver";

export const sampleToken = "t".repeat(64);

/** A driver without machines: it notes what it was told, in order, as `start 105`. */
export class NotingDriver implements MachineDriver {
  readonly calls: string[] = [];
  readonly started: MachineSpec[] = [];
  /** Awaited by `start`, so that a test can hold a machine in the middle of its boot or make it fail. */
  boot: Promise<void> = Promise.resolve();

  allocateAddress(used: readonly string[]): string {
    const free = Array.from({ length: 200 }, (_, index) => `127.77.9.${index + 11}`).find(
      (ip) => !used.includes(ip),
    );
    if (free === undefined) {
      throw new Error("no address is free");
    }
    return free;
  }

  async start(machine: MachineSpec): Promise<void> {
    this.calls.push(`start ${machine.id}`);
    this.started.push(machine);
    await this.boot;
  }

  stop(id: number, how: "shutdown" | "poweroff"): Promise<void> {
    return this.#note(`${how} ${id}`);
  }

  remove(id: number): Promise<void> {
    return this.#note(`remove ${id}`);
  }

  snapshot(id: number, imageId: number): Promise<void> {
    return this.#note(`snapshot ${id} ${imageId}`);
  }

  removeImage(imageId: number): Promise<void> {
    return this.#note(`removeImage ${imageId}`);
  }

  #note(call: string): Promise<void> {
    this.calls.push(call);
    return Promise.resolve();
  }
}

export interface SampleCloud extends Cloud {
  readonly driver: NotingDriver;
  readonly api: Hono;
}

export function sampleCloud(): SampleCloud {
  const cloud = { store: memoryStore(), driver: new NotingDriver() };
  return { ...cloud, api: createApi(cloud) };
}

/** An answer: status and JSON body (null where there is none), loosely typed as a client would see it. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** One call with a good token. */
export async function call(api: Hono, method: string, path: string, body?: object): Promise<Answer> {
  const response = await api.request(`/v1${path}`, {
    method,
    headers: { Authorization: `Bearer ${sampleToken}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text.startsWith("{") ? (JSON.parse(text) as unknown) : null };
}

export const sampleKey =
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIAkbFOtThIhom++sGufJSsUS8yhR/oFEVO0oOJbHAFa deploy";
export const otherKey =
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGAkbFOtThIhom++sGufJSsUS8yhR/oFEVO0oOJbHAFb other";
