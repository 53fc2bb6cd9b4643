import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSandbox, type TestMachine, type TestSandbox } from "../support/sandbox";

/** Proves who can reach whom: machines of one sandbox each other, never those of another, and the outside as told. */
describe("two sandboxes", () => {
  let first: TestSandbox;
  let second: TestSandbox;
  let wes: TestMachine;
  let nadia: TestMachine;
  let stranger: TestMachine;

  beforeAll(async () => {
    first = await startSandbox("first");
    second = await startSandbox("second", { offline: true });
    [wes, nadia, stranger] = await Promise.all([
      first.boot("dev-wes"),
      first.boot("dev-nadia"),
      second.boot("dev-wes"),
    ]);
  });
  afterAll(async () => {
    await Promise.all([first.remove(), second.remove()]);
  });

  const reaches = async (from: TestMachine, address: string, port: number): Promise<boolean> =>
    (await from.root(`timeout 3 bash -c ': <>/dev/tcp/${address}/${String(port)}'`)).code === 0;
  const fetchByProxy = async (from: TestMachine, url: string): Promise<string> =>
    (
      await from.ssh(
        `. /etc/environment; curl -s --noproxy '' -o /dev/null -w '%{http_code}' -x $http_proxy ${url}`,
      )
    ).stdout;

  it("have addresses of their own", () => {
    expect(first.instance.number).not.toBe(second.instance.number);
    expect(stranger.address).not.toBe(wes.address);
  });

  it("let machines of the same sandbox reach each other, and be reached from the host", async () => {
    expect(await reaches(wes, nadia.address, 22)).toBe(true);
    expect((await wes.ssh("hostname")).stdout).toBe("dev-wes\n");
    expect((await nadia.ssh("hostname")).stdout).toBe("dev-nadia\n");
  });

  it("do not let a machine reach another sandbox's machine or API, directly or by the proxy", async () => {
    expect(await reaches(wes, stranger.address, 22)).toBe(false);
    expect(await reaches(stranger, wes.address, 22)).toBe(false);
    expect(await reaches(wes, `127.77.${String(second.instance.number)}.1`, 7780)).toBe(false);
    const api = `http://127.77.${String(second.instance.number)}.1:7780/sandbox/health`;
    expect((await fetch(api)).status).toBe(200);
    expect(await fetchByProxy(wes, api)).toBe("403");
    expect(await fetchByProxy(wes, "http://localhost:7780/")).toBe("502");
  });

  it("refuse everything outside with --offline", async () => {
    expect(await fetchByProxy(stranger, "http://192.0.2.1/")).toBe("403");
  });

  it("switch to --offline and back without a machine noticing", async () => {
    await first.startDaemon({ offline: true });
    expect(await fetchByProxy(wes, "http://192.0.2.1/")).toBe("403");
    await first.startDaemon({ offline: false });
    expect((await wes.ssh("cut -d. -f1 /proc/uptime")).code).toBe(0);
  });
});
