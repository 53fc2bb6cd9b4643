import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { withLock, type LockHolder } from "../../sandbox/instance/lock";

/** Proves that two commands on one sandbox take turns, and that a killed one keeps nobody waiting. */
describe("the lock of a sandbox", () => {
  const name = `test-${String(process.pid)}`;

  it("makes the second wait, and tells it who holds the lock", async () => {
    const order: string[] = [];
    const waitedFor: LockHolder[] = [];
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const first = withLock(name, "npm run sandbox", fail, async () => {
      await released;
      order.push("first");
    });
    const second = withLock(
      name,
      "npm run sandbox -- down",
      (holder) => {
        waitedFor.push(holder);
        release();
      },
      async () => Promise.resolve(order.push("second")),
    );
    await Promise.all([first, second]);
    expect(order).toEqual(["first", "second"]);
    expect(waitedFor).toEqual([
      {
        pid: process.pid,
        command: "npm run sandbox",
        since: expect.stringMatching(/^\d\d:\d\d:\d\d$/) as string,
      },
    ]);
  });

  it("is free when nobody holds it, and after work that failed", async () => {
    await expect(withLock(name, "fails", fail, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await withLock(name, "next", fail, async () => Promise.resolve(1))).toBe(1);
  });

  it("is free as soon as its holder is killed", async () => {
    const lockModule = require.resolve("../../dist/sandbox/instance/lock.js");
    const holder = spawn(
      process.execPath,
      [
        "-e",
        `require(process.argv[1]).withLock(process.argv[2], "holder", () => {}, () => { console.log("held"); return new Promise((resolve) => setTimeout(resolve, 600000)); })`,
        lockModule,
        name,
      ],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    await once(holder.stdout, "data");
    const commands: string[] = [];
    const work = withLock(
      name,
      "waits",
      ({ command }) => {
        commands.push(command);
        holder.kill("SIGKILL");
      },
      async () => Promise.resolve("done"),
    );
    expect(await work).toBe("done");
    expect(commands).toEqual(["holder"]);
  });
});

function fail(holder: LockHolder): void {
  throw new Error(`Nobody was to be waited for, yet ${holder.command} was.`);
}
