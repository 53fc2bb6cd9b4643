import { setTimeout as sleep } from "node:timers/promises";

import type { Client } from "ssh2";

import type { Operation } from "../protocol/resource";
import type { Connection } from "./connection";
import { dial } from "./dial";
import { parseHostKey } from "./host-key";

const firstDelayMilliseconds = 100;
const delayFactor = 1.5;
const longestDelayMilliseconds = 5000;

/**
 * Dials until it works or `dialErrorLimit` tries have failed, as the official plugin does: whatever the failure,
 * refused logins and wrong host keys included, after 0.1 s, then 1.5 times that, up to 5 s. A host key that cannot be
 * read is an error at once.
 */
export async function dialWithRetries(connection: Connection, { log, signal }: Operation): Promise<Client> {
  if (connection.hostKey !== undefined) {
    parseHostKey(connection.hostKey);
  }
  const limit = connection.dialErrorLimit;
  let delay = firstDelayMilliseconds;
  for (let failures = 0; ; failures += 1) {
    try {
      return await dial(connection);
    } catch (error) {
      if (limit >= 0 && failures >= limit) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new Error(`after ${failures} failed attempts: ${reason}`, { cause: error });
      }
    }
    log.status(`Dial ${failures + 1}/${limit < 0 ? "inf" : limit} failed: retrying`);
    await sleep(delay, undefined, { signal });
    delay = Math.min(delay * delayFactor, longestDelayMilliseconds);
  }
}
