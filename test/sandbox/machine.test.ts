import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { timed, figure } from "../support/figure";
import { startSandbox, type TestMachine, type TestSandbox } from "../support/sandbox";

/** Proves that a machine of the sandbox is a Debian server as the program expects one, and keeps its disk. */
describe("a machine", () => {
  let sandbox: TestSandbox;
  let machine: TestMachine;

  beforeAll(async () => {
    sandbox = await startSandbox("machine");
    machine = await timed("first boot to SSH and cloud-init done", () =>
      sandbox.boot("dev-wes", {
        userData: "#cloud-config\nwrite_files: [{ path: /etc/written, content: by user_data }]\n",
      }),
    );
  });
  afterAll(async () => {
    await sandbox.remove();
  });

  it("is logged in to with the server's key, and with no other", async () => {
    expect(await machine.ssh("hostname")).toMatchObject({ code: 0, stdout: "dev-wes\n", stderr: "" });
    expect(await machine.ssh("true", "daemon")).toMatchObject({ code: 255 });
  });

  it("runs systemd without a failed unit, and knows its own name", async () => {
    expect((await machine.root("systemctl is-system-running --wait")).stdout).toBe("running\n");
    expect(await machine.ssh("sudo -n true")).toMatchObject({ code: 0, stderr: "" });
  });

  it("takes user_data as it is", async () => {
    expect((await machine.root("cat /etc/written")).stdout).toBe("by user_data");
  });

  it("enforces limits of systemd units", async () => {
    const allocate = "python3 -c 'x = bytearray(200_000_000)'";
    const limited = await machine.root(`systemd-run --wait --quiet -p MemoryMax=64M ${allocate}`);
    expect(limited.code).not.toBe(0);
    expect((await machine.root(`systemd-run --wait --quiet -p MemoryMax=900M ${allocate}`)).code).toBe(0);
  });

  it("cannot change the kernel's settings, which are its host's, but those of its own network", async () => {
    const setting = (name: string): string => readFileSync(`/proc/sys/${name}`, "utf8");
    for (const name of ["fs/protected_fifos", "kernel/dmesg_restrict", "vm/swappiness"]) {
      // The value that it has, so that nothing is changed even where this fails.
      const { code, stderr } = await machine.root(`echo ${setting(name).trim()} > /proc/sys/${name}`);
      expect({ code, stderr }, name).toEqual({
        code: 1,
        stderr: expect.stringContaining("Read-only") as string,
      });
    }
    const network = "net/ipv4/tcp_rfc1337";
    const own = setting(network);
    expect((await machine.root(`echo 1 > /proc/sys/${network}`)).code).toBe(0);
    expect(setting(network)).toBe(own);
  });

  it("uses less than 100 MiB", async () => {
    const bytes = (await sandbox.driver.running(sandbox.instance)).get(machine.id) ?? Infinity;
    figure("memory of one machine", `${(bytes / 1024 / 1024).toFixed(0)} MiB`);
    expect(bytes).toBeLessThan(100 * 1024 * 1024);
  });
});
