import { expect, test } from "vitest";
import { longestWaitForKnown, sshConnection } from "../../components/ssh-connection";

/** Seconds until the command provider gives up when each dial takes so long: 0.1 s, then 1.5 times that, up to 5 s, in between. */
function secondsUntilGivenUp(dials: number, secondsEach: number): number {
  const pauses = Array.from({ length: dials }, (_, number) => Math.min(5, 0.1 * 1.5 ** number));
  return pauses.reduce((sum, pause) => sum + pause, 0) + (dials + 1) * secondsEach;
}

async function dialErrorLimit(waitSeconds: number): Promise<number> {
  const connection = sshConnection({ address: "192.0.2.1", privateKey: "", hostKey: "", waitSeconds });
  return new Promise((resolve) => {
    connection.apply(({ dialErrorLimit: limit }) => {
      resolve(Number(limit));
    });
  });
}

test("a server that was set up before and refuses the key at once is given up within a minute", async () => {
  expect(secondsUntilGivenUp(await dialErrorLimit(longestWaitForKnown), 0.3)).toBeLessThan(60);
});

test.each([10, 20, 180, 480])(
  "a server that swallows every packet is given up after %i s",
  async (seconds) => {
    expect(secondsUntilGivenUp(await dialErrorLimit(seconds), 5)).toBeLessThan(seconds + 15);
  },
);
