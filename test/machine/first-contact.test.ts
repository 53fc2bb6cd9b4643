import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSandbox, type TestSandbox } from "../support/sandbox";
import { bootNewServer, identityCommand, installCommand, installRequest, type NewServer } from "./new-server";

/** Proves that the first connections are verified, can be made again after a crash, and end the one-time key. */
describe("first contact with a new server", () => {
  let sandbox: TestSandbox;
  let server: NewServer;
  let hostKey: string;

  const keyFiles = "ls /etc/ssh/team-runtime-first-contact-key /etc/ssh/sshd_config.d/*first-contact*";

  beforeAll(async () => {
    sandbox = await startSandbox("first-contact");
    server = await bootNewServer(sandbox, "dev-wes");
  });
  afterAll(async () => {
    await sandbox.remove();
  });

  it("has an untroubled first boot", async () => {
    expect((await server.root("cloud-init status --long")).stdout).toContain("status: done");
    expect((await server.root("systemctl is-system-running --wait")).stdout).toBe("running\n");
  });

  it("is verified by the one-time key, which only root can read on the server", async () => {
    expect(await server.ssh(server.oneTimeKey, "id -un")).toMatchObject({ code: 0, stdout: "deploy\n" });
    expect((await server.root("stat -c '%a %U' /etc/ssh/team-runtime-first-contact-key")).stdout).toBe(
      "600 root\n",
    );
  });

  it("refuses a server that shows any other key", async () => {
    const other = (
      await server.root("ssh-keygen -q -t ecdsa -N '' -f /root/other; cut -d' ' -f1,2 /root/other.pub")
    ).stdout;
    const { code, stderr } = await server.ssh(other.trim(), "id");
    expect(code).toBe(255);
    expect(stderr).toContain("Host key verification failed");
  });

  it("refuses to be prepared before the server has a key of its own", async () => {
    const { code, stderr } = await server.ssh(server.oneTimeKey, installCommand, installRequest());
    expect(code).toBe(1);
    expect(stderr).toContain("no host key of its own yet");
    expect((await server.root(keyFiles)).code).toBe(0);
  });

  it("can be made again by whoever died before noting the new key, even in the middle", async () => {
    await server.ssh(server.oneTimeKey, `timeout -s KILL 0.2 ${identityCommand}`);
    const first = await server.ssh(server.oneTimeKey, identityCommand);
    expect(first).toMatchObject({ code: 0, stderr: "" });
    expect(first.stdout).toMatch(/^ssh-ed25519 [A-Za-z0-9+/]{68}\n$/);
    expect(await server.ssh(server.oneTimeKey, identityCommand)).toMatchObject({
      code: 0,
      stdout: first.stdout,
    });
    hostKey = first.stdout.trim();
  });

  it("leaves a worthless one-time key: not served and not on the server, from the first installation on", async () => {
    const { code, stdout, stderr } = await server.ssh(hostKey, installCommand, installRequest());
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("removed: the one-time host key of the first connection\n");
    expect((await server.ssh(server.oneTimeKey, "id")).code).toBe(255);
    expect((await server.root(keyFiles)).code).not.toBe(0);
    expect((await server.root("sshd -T | grep '^hostkey '")).stdout).not.toContain("first-contact");
    expect((await server.root("ssh-keyscan -t ecdsa 127.0.0.1 2>/dev/null")).stdout).toBe("");
    expect(await server.ssh(hostKey, "id -un")).toMatchObject({ code: 0, stdout: "deploy\n" });
  });

  it("is over for good: a second run prints nothing, and sshd that starts again brings nothing back", async () => {
    expect(await server.ssh(hostKey, installCommand, installRequest())).toMatchObject({
      code: 0,
      stdout: "",
    });
    await server.root("systemctl restart ssh");
    expect((await server.ssh(server.oneTimeKey, "id")).code).toBe(255);
    expect(await server.ssh(hostKey, identityCommand)).toMatchObject({ code: 0, stdout: `${hostKey}\n` });
  });
});
