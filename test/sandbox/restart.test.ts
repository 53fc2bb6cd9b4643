import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { losePower } from "../support/lose-power";
import { timed } from "../support/figure";
import { startSandbox, type TestMachine, type TestSandbox } from "../support/sandbox";
import { until } from "../support/until";

/** Proves that machines keep their disks, and outlive whatever happens to the sandbox's own process. */
describe("machines come back", () => {
  let sandbox: TestSandbox;
  let machine: TestMachine;
  const isUp = async (): Promise<boolean> => (await sandbox.driver.running(sandbox.instance)).has(machine.id);
  /** When the machine's init began, as systemd has it; nothing while it is off, as for a moment in a reboot. */
  const bootedAt = (): Promise<string> =>
    machine.root("systemctl show --property=UserspaceTimestampMonotonic").then(
      ({ stdout }) => stdout,
      () => "",
    );
  const status = async (): Promise<string> => {
    const { server } = (await sandbox.api(`/servers/${String(machine.id)}`)) as {
      server: { status: string };
    };
    return server.status;
  };

  beforeAll(async () => {
    sandbox = await startSandbox("restart");
    machine = await sandbox.boot("dev-wes");
    await machine.root("echo kept > /root/file");
  });
  afterAll(async () => {
    await sandbox.remove();
  });

  async function expectDisk(): Promise<void> {
    expect((await machine.root("cat /root/file")).stdout).toBe("kept\n");
  }

  it("after `reboot` in the machine, with another init", async () => {
    const before = await bootedAt();
    expect(before).not.toBe("");
    await machine.root("systemctl reboot");
    await until(
      async () => !["", before].includes(await bootedAt()),
      60,
      () => "The machine does not reboot.",
    );
    await timed("reboot to SSH", () => machine.untilReachable());
    await expectDisk();
  });

  it("not after `poweroff` in the machine, until they are switched on", async () => {
    await machine.root("systemctl poweroff");
    await until(
      async () => !(await isUp()),
      60,
      () => "The machine does not power off.",
    );
    expect((await machine.ssh("true")).code).toBe(255);
    // The machine's supervisor has a last word after its init, and only then does the daemon note it.
    await until(
      async () => (await status()) === "off",
      20,
      () => "The API does not notice that the machine is off.",
    );
    await sandbox.killDaemon();
    await sandbox.startDaemon();
    expect(await isUp()).toBe(false);
    expect(await status()).toBe("off");
    await sandbox.api(`/servers/${String(machine.id)}/actions/poweron`, {});
    expect(await status()).toBe("running");
    await machine.untilReachable();
    await expectDisk();
  });

  it("unharmed when the daemon is killed and started again", async () => {
    const before = await bootedAt();
    expect(before).not.toBe("");
    await sandbox.killDaemon();
    await timed("daemon start with a running machine", () => sandbox.startDaemon());
    expect(await machine.ssh("true")).toMatchObject({ code: 0 });
    expect(await bootedAt()).toBe(before);
  });

  it("after a reboot of the host: no process, no network namespace is left", async () => {
    await sandbox.killDaemon();
    await losePower(sandbox, machine.id);
    expect(await isUp()).toBe(false);
    await timed("start after a reboot of the host", () => sandbox.startDaemon());
    await machine.untilReachable();
    await expectDisk();
  });

  it("as copies, from a snapshot, and the snapshot does not follow the original", async () => {
    const { image } = (await sandbox.api(`/servers/${String(machine.id)}/actions/create_image`, {
      description: "before",
    })) as { image: { id: number } };
    await machine.root("rm /root/file /etc/debian_version");
    const copy = await sandbox.boot("copy", { image: image.id });
    expect((await copy.root("cat /root/file; hostname")).stdout).toBe("kept\ncopy\n");
    expect((await copy.root("test -e /etc/debian_version")).code).toBe(0);
    expect((await machine.root("test -e /etc/debian_version")).code).toBe(1);
  });
});
