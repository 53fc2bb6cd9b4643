import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectRoot } from "../../config/project-root";
import { networkNamespace } from "../../sandbox/network/names";
import { figure } from "../support/figure";
import { startSandbox, type TestSandbox } from "../support/sandbox";
import { ask } from "./judges/ask";
import { cisDebian12 } from "./judges/cis-debian-12";
import type { Finding } from "./judges/control";
import { linuxBaseline } from "./judges/linux-baseline";
import { readLynisReport } from "./judges/lynis";
import { ensureSshAudit, policy, type SshAudit } from "./judges/ssh-audit";
import { sshBaseline } from "./judges/ssh-baseline";
import { judge, readWaivers } from "./judges/verdict";
import { bootPreparedServer, wesLedByMarcus, type PreparedServer } from "./prepared-server";

const waiverFile = join(projectRoot, "test", "machine", "judges", "waivers.txt");
const install =
  "DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 -y --no-install-recommends install";

/** Of no password. A stack gives every server one for the provider's console, and judges have an eye for it. */
const consolePasswordHash = `$2b$12$${"a".repeat(53)}`;

/** Proves that those who judge servers for a living find nothing on ours, beyond what the waiver file gives a reason for. */
describe("a server, judged from outside", () => {
  let sandbox: TestSandbox;
  let server: PreparedServer;
  let sshAudit: SshAudit;

  beforeAll(async () => {
    sandbox = await startSandbox("judges");
    sshAudit = await ensureSshAudit();
    server = await bootPreparedServer(sandbox, "dev-wes");
    await server.apply(wesLedByMarcus("dev-wes"));
  });
  afterAll(async () => {
    await sandbox.remove();
  });

  describe("its security updates", () => {
    it("come from a package that the installation brings where it is missing", async () => {
      await server.must("apt-get -qq -y purge unattended-upgrades");
      expect(await server.install({ consolePasswordHash })).toMatchObject({
        code: 0,
        stdout: expect.stringContaining("installed package: unattended-upgrades\n") as string,
      });
      for (const timer of ["apt-daily.timer", "apt-daily-upgrade.timer"]) {
        expect(await server.must(`systemctl is-active ${timer}`)).toBe("active\n");
      }
    });

    it("are taken from Debian's security archive alone, and wait for nobody's answer", async () => {
      const said = await server.must("unattended-upgrade --dry-run --debug 2>&1");
      expect(said).toMatch(
        /^Allowed origins are: origin=Debian,codename=bookworm-security,label=Debian-Security$/m,
      );
      expect(said).toMatch(/^Marking not allowed .*'\/var\/lib\/apt\/lists\/deb\.debian\.org_/m);
      expect(said).not.toMatch(/^Marking not allowed .*_debian-security_/m);
      expect(said).toContain("dpkg is configured not to cause conffile prompts");
    });

    it("never restart the machine, not even when one of them asks for it", async () => {
      await server.must("touch /run/reboot-required");
      await server.must("systemctl start --wait apt-daily-upgrade.service");
      expect(await server.must("cat /var/log/unattended-upgrades/unattended-upgrades.log")).toContain(
        "Starting unattended upgrades script",
      );
      expect((await server.root("ls /run/systemd/shutdown/scheduled /run/nologin")).code).not.toBe(0);
      expect(await server.must("apt-config dump Unattended-Upgrade::Automatic-Reboot")).toContain('"false"');
    });
  });

  describe("by ssh-audit", () => {
    it("offers exactly what the hardened policy for Debian 12 names", async () => {
      const { code, stdout } = await sshAudit.compare(server.address);
      expect(stdout).toContain("Passed");
      expect(code).toBe(0);
      figure("ssh-audit", `${sshAudit.version}, policy "${policy}": passed`);
    });

    it("is a judge that Debian's own sshd does not pass", async () => {
      // The firewall would come back in the middle.
      await server.must(
        "systemctl stop team-runtime-upkeep.timer team-runtime-upkeep.service && nft flush ruleset",
      );
      await server.must("systemd-run --quiet --collect --unit=stock /usr/sbin/sshd -D -f /dev/null -p 2222");
      await server.must(
        "timeout 10 bash -c 'until (exec 3<>/dev/tcp/127.0.0.1/2222) 2>/dev/null; do sleep 0.1; done'",
      );
      const { code, stdout } = await sshAudit.compare(
        server.address,
        2222,
        networkNamespace(sandbox.instance.number),
      );
      await server.must(
        "systemctl stop stock && systemctl restart team-runtime-firewall team-runtime-upkeep.timer",
      );
      expect(stdout).toContain("Failed");
      expect(code).toBe(3);
    });
  });

  it("by Lynis, ssh-baseline, linux-baseline and CIS has no fault without a reason, and no reason without a fault", async () => {
    const shell = async (script: string): Promise<string> => (await server.root("bash -s", script)).stdout;
    const findings: Finding[] = [];
    const report = (judgeName: string, found: readonly Finding[]): void => {
      const failed = found.filter(({ passed }) => !passed).length;
      figure(judgeName, `${String(found.length - failed)} passed, ${String(failed)} waived`);
      findings.push(...found);
    };
    const { waivers, problems } = readWaivers(readFileSync(waiverFile, "utf8"));

    for (const baseline of [sshBaseline, linuxBaseline, cisDebian12]) {
      report(baseline.version, await ask(baseline, shell));
    }
    await server.must(`${install} lynis`);
    await server.must("lynis audit system --quick --quiet --no-colors");
    const lynis = readLynisReport(await server.must("cat /var/log/lynis-report.dat"));
    report(`Lynis ${lynis.version}`, lynis.findings);
    figure("Lynis", `hardening index ${String(lynis.hardeningIndex)}, ${String(lynis.testsRun)} tests run`);

    expect([...problems, ...judge(findings, waivers).problems]).toEqual([]);
  });

  it("would be found out if it changed: a judge that is asked again sees each of these", async () => {
    const changes: readonly (readonly [name: string, change: string])[] = [
      ["ssh-baseline sshd-05", "chmod 0644 /etc/ssh/sshd_config"],
      ["cis 5.1.2", "chmod 0640 /etc/ssh/ssh_host_rsa_key"],
      ["cis 7.2.9", "chmod 0755 /home/wes"],
      ["linux-baseline sysctl-30", "rm /etc/sysctl.d/99-team-runtime.conf"],
      ["linux-baseline sysctl-11", "sysctl -qw net.ipv4.tcp_syncookies=0"],
      ["cis 3.2.2", "rm /etc/modprobe.d/team-runtime.conf"],
      ["cis 5.2.7", "sed -i '/^auth required pam_wheel/d' /etc/pam.d/su"],
      ["cis 7.1.13", "install -m 4755 /bin/true /usr/local/bin/planted"],
      ["ssh-baseline sshd-48", "cp /etc/ssh/moduli /etc/ssh/team-runtime-moduli"],
    ];
    await server.must(changes.map(([, change]) => change).join(" && "));
    const shell = async (script: string): Promise<string> => (await server.root("bash -s", script)).stdout;
    const found = (
      await Promise.all([sshBaseline, linuxBaseline, cisDebian12].map((baseline) => ask(baseline, shell)))
    ).flat();
    const failing = new Set(found.filter(({ passed }) => !passed).map(({ name }) => name));
    expect(changes.map(([name]) => name).filter((name) => !failing.has(name))).toEqual([]);
  });
});
