import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hostSoftwareDirectory, readHostFile, type HostFiles } from "../../components/host-software";
import { timed } from "../support/figure";
import { startSandbox, type TestSandbox } from "../support/sandbox";
import { until } from "../support/until";
import { installCommand, installRequest } from "./new-server";
import { bootPreparedServer, type PreparedServer } from "./prepared-server";

const dropIn = "etc/ssh/sshd_config.d/00-team-runtime.conf";
const promisedSeconds = 120;

/** The host software with another sshd drop-in. */
function withDropIn(change: (text: string) => string): string {
  const before = readHostFile(dropIn);
  const content = change(before);
  if (content === before) throw new Error("The change of the drop-in changes nothing.");
  return installRequest({}, (files: HostFiles) => ({
    ...files,
    [`${hostSoftwareDirectory}/${dropIn}`]: { content, mode: "0644" },
  }));
}

/** sshd accepts it, and nobody can log in. */
const lockOut = withDropIn((text) => text.replace("AllowGroups team-login", "AllowGroups nosuchgroup"));

/** Proves that no change of the sshd settings, and no death while making it, locks anybody out for good. */
describe("a change of the sshd settings", () => {
  let sandbox: TestSandbox;
  let server: PreparedServer;

  const canLogIn = async (): Promise<boolean> => (await server.ssh(server.hostKey, "true")).code === 0;
  const inForce = (): Promise<string> => server.must("sshd -T | grep -E '^(allowgroups|maxsessions) '");
  const rollbackIsOff = async (): Promise<void> => {
    expect((await server.root("systemctl is-active team-runtime-sshd-rollback.timer")).stdout).toBe(
      "inactive\n",
    );
    expect((await server.root("ls /var/lib/team-runtime/sshd-former.conf")).code).not.toBe(0);
  };
  /** Installs the settings that lock out, and kills the installation before it can see that they do. */
  const dieUnderLockOut = async (): Promise<void> => {
    await server.root("cat > /root/request", lockOut);
    await server.must(
      "systemd-run --quiet --collect --unit=doomed -p StandardInput=file:/root/request /usr/local/lib/team-runtime/install",
    );
    await until(
      async () =>
        (await server.root("grep -c nosuchgroup /etc/ssh/sshd_config.d/00-team-runtime.conf")).code === 0,
      20,
      () => "The installation does not get as far as the drop-in.",
    );
    await until(
      async () => !(await canLogIn()),
      5,
      () => "The drop-in locks nobody out.",
    );
    await server.must("systemctl kill --signal=KILL doomed.service");
  };
  const untilLoggedIn = (): Promise<void> =>
    until(canLogIn, promisedSeconds, () => "Everybody is locked out.");

  beforeAll(async () => {
    sandbox = await startSandbox("rollback");
    server = await bootPreparedServer(sandbox, "dev-wes");
  });
  afterAll(async () => {
    await sandbox.remove();
  });

  it("that lets the deploy user in stays, without a rollback on its way", async () => {
    const request = withDropIn((text) => text.replace("MaxSessions 10", "MaxSessions 9"));
    const { code, stdout } = await server.ssh(server.hostKey, installCommand, request);
    expect(code).toBe(0);
    expect(stdout).toContain("installed: /etc/ssh/sshd_config.d/00-team-runtime.conf\n");
    expect(await inForce()).toContain("maxsessions 9\n");
    await rollbackIsOff();
    expect(await server.ssh(server.hostKey, installCommand, request)).toMatchObject({ code: 0, stdout: "" });
  });

  it("that locks everybody out, though sshd accepts it, is taken back at once and fails in words", async () => {
    await server.root("cat > /root/lock-out.conf", "AllowGroups nosuchgroup\n");
    expect((await server.root("sshd -t -f /root/lock-out.conf")).code).toBe(0);
    const { code, stderr } = await server.ssh(server.hostKey, installCommand, lockOut);
    expect(code).toBe(1);
    expect(stderr).toMatch(/the deploy user cannot log in .*Permission denied.* is back in force/);
    expect(await canLogIn()).toBe(true);
    expect(await inForce()).toContain("maxsessions 9\nallowgroups team-login\n");
    await rollbackIsOff();
  });

  it("leaves no key of its own check behind", async () => {
    expect(await server.must("cat /etc/ssh/authorized_keys/deploy")).not.toContain("login-check");
    expect((await server.root("ls /run/team-runtime/login-check")).code).not.toBe(0);
  });

  it("that locks everybody out is taken back in time when the installation died", async () => {
    await dieUnderLockOut();
    await timed("lock-out: reachable again after", untilLoggedIn);
    await until(
      async () => (await inForce()).includes("allowgroups team-login"),
      5,
      () => "The former settings are not in force.",
    );
    expect(await server.must("journalctl -t team-runtime -o cat --no-pager")).toContain("put back:");
  });

  it("that locks everybody out is taken back at boot when the machine died too", async () => {
    await dieUnderLockOut();
    await server.root("systemctl reboot");
    await timed("lock-out: reachable again after a reboot", untilLoggedIn);
    expect(await inForce()).toContain("allowgroups team-login");
  });

  it("is made good by the next run, which takes away what the dead one left", async () => {
    // Whether a run that is killed has made its key yet is a matter of chance.
    await server.must(
      "printf 'restrict,expiry-time=\"20200101000000Z\" ssh-ed25519 AAAA team-runtime-login-check\\n' >> /etc/ssh/authorized_keys/deploy",
    );
    const { code, stdout } = await server.install();
    expect(code).toBe(0);
    expect(stdout).toContain("the expired key of an interrupted login check");
    expect(await inForce()).toContain("maxsessions 10\nallowgroups team-login\n");
    expect(await server.must("cat /etc/ssh/authorized_keys/deploy")).not.toContain("login-check");
    await rollbackIsOff();
    expect(await server.install()).toMatchObject({ code: 0, stdout: "" });
  });
});
