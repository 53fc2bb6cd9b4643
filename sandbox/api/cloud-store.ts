import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

import { emptyCloudState, type CloudState } from "./cloud-state";

/** Where the state lives. `read` hands out a copy: nothing changes until `write`. */
export interface CloudStore {
  read(): CloudState;
  write(state: CloudState): void;
}

/** A store for tests: gone with the process. */
export function memoryStore(): CloudStore {
  let current = emptyCloudState();
  return {
    read: () => structuredClone(current),
    write: (state) => {
      current = structuredClone(state);
    },
  };
}

/**
 * A store in one JSON file, readable by its owner alone (user_data is in it). Each write goes to a temporary file in
 * the same directory and is renamed, so that a process killed at any moment leaves the old state or the new one.
 */
export function jsonFileStore(file: string): CloudStore {
  return {
    read: () =>
      existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as CloudState) : emptyCloudState(),
    write: (state) => {
      mkdirSync(dirname(file), { recursive: true });
      const temporary = `${file}.tmp`;
      writeFileSync(temporary, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
      renameSync(temporary, file);
    },
  };
}

/**
 * Reads, changes and writes in one go. There must be no `await` inside `change`: two requests may be under way at once.
 * If `change` throws, nothing is written.
 */
export function changeState<T>(store: CloudStore, change: (state: CloudState) => T): T {
  const state = store.read();
  const result = change(state);
  store.write(state);
  return result;
}
