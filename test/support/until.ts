import { setTimeout as sleep } from "node:timers/promises";

/** Asks again and again until the answer is yes; fails with the message when the time is over. */
export async function until(
  condition: () => Promise<boolean>,
  seconds: number,
  message: () => string,
): Promise<void> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    if (await condition()) return;
    if (Date.now() > end) throw new Error(message());
    await sleep(100);
  }
}
