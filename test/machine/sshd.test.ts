import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run, type ProgramResult } from "../../engine/run";
import { networkNamespace } from "../../sandbox/network/names";
import { timed } from "../support/figure";
import { plainSsh } from "../support/laptop";
import { softwareSecurityKey } from "../support/software-security-key";
import { startSandbox, type TestSandbox } from "../support/sandbox";
import { throwAwayKey } from "../support/throw-away-key";
import { until } from "../support/until";
import {
  bootPreparedServer,
  wesLedByMarcus,
  type AccessDocument,
  type PreparedServer,
} from "./prepared-server";

/** Proves who gets through sshd, and what they can take along: by attempts, not by its settings. */
describe("sshd", () => {
  let sandbox: TestSandbox;
  let server: PreparedServer;

  const key = (person: string): string => throwAwayKey(person).file;
  const canLogIn = async (login: string): Promise<boolean> => {
    const ssh = [...plainSsh(key("stranger"), `${login}@${server.address}`), "true"];
    return (await run("ssh", ssh)).code === 0;
  };

  beforeAll(async () => {
    sandbox = await startSandbox("sshd");
    server = await bootPreparedServer(sandbox, "dev-wes");
    await server.apply(wesLedByMarcus("dev-wes"));
  });
  afterAll(async () => {
    await sandbox.remove();
  });

  it("lets in nobody who is not in the group of logins, whatever key they have", async () => {
    const keys = throwAwayKey("stranger").publicKey;
    await server.must("useradd --create-home stranger");
    for (const login of ["stranger", "wes-agent", "root"]) {
      await server.must(`printf '%s\\n' '${keys}' > /etc/ssh/authorized_keys/${login}`);
      expect(await canLogIn(login), login).toBe(false);
    }
    await server.must("usermod --append --groups team-login stranger");
    expect(await canLogIn("stranger")).toBe(true);
    await server.must(
      "userdel --remove --force stranger; rm /etc/ssh/authorized_keys/{stranger,wes-agent,root}",
    );
  });

  describe("forwards nothing:", () => {
    /** The words of a person's ssh to this port, from the machine's own network: from outside only port 22 is reached. */
    const sshTo = (
      port: number,
      more: readonly string[],
      ...command: readonly string[]
    ): readonly string[] => [
      ...["ssh", "-p", String(port), "-o", "ExitOnForwardFailure=yes", ...more],
      ...plainSsh(key("wes"), `wes@${server.address}`),
      ...command,
    ];
    const runThere = (words: readonly string[]): Promise<ProgramResult> =>
      run("nsenter", [`--net=/run/netns/${networkNamespace(sandbox.instance.number)}`, ...words]);
    const succeeds = async (port: number, more: readonly string[]): Promise<boolean> =>
      (await runThere(sshTo(port, more, "true"))).code === 0;
    const attempts: Readonly<Record<string, (port: number) => Promise<boolean>>> = {
      "a connection to another port": async (port) =>
        (await runThere(sshTo(port, ["-W", "127.0.0.1:22"]))).stdout.startsWith("SSH-2.0-"),
      "a port of the server's": (port) => succeeds(port, ["-R", "18080:127.0.0.1:9"]),
      "a socket of the server's": (port) => succeeds(port, ["-R", "/tmp/forwarded.sock:127.0.0.1:9"]),
      "the keys of a laptop": async (port) => {
        // The agent lives as long as the ssh that it starts.
        const forwarding = ["-A", "-o", "IdentityAgent=SSH_AUTH_SOCK"];
        const command = sshTo(port, forwarding, 'test -S "$SSH_AUTH_SOCK"');
        return (await runThere(["ssh-agent", ...command])).code === 0;
      },
    };

    beforeAll(async () => {
      // An sshd with its own defaults, to show that each attempt would be noticed.
      await server.root(
        "cat > /root/stock.conf",
        "AuthorizedKeysFile /etc/ssh/authorized_keys/%u\nUsePAM yes\n",
      );
      await server.must("systemctl stop team-runtime-upkeep.timer team-runtime-upkeep.service");
      await server.must("nft add rule inet team_runtime input tcp dport 2222 accept");
      await server.must(
        "systemd-run --quiet --collect --unit=stock /usr/sbin/sshd -D -f /root/stock.conf -p 2222",
      );
      await until(
        () => succeeds(2222, []),
        60,
        () => "The sshd to compare with does not let Wes in.",
      );
    });
    afterAll(async () => {
      await server.must(
        "systemctl stop stock; systemctl restart team-runtime-firewall team-runtime-upkeep.timer",
      );
    });

    it.each(Object.entries(attempts))("not %s", async (_what, attempt) => {
      expect(await attempt(22)).toBe(false);
      expect(await attempt(2222)).toBe(true);
    });
  });

  describe("asks a security key for its user", () => {
    /** Wes with one security key, as a server gets it; in `options` stands what sshd asks of it. */
    const withKey = (publicKey: string, options: string): AccessDocument => {
      const document = wesLedByMarcus("dev-wes");
      const wes = { ...document.keys["wes"], hand: `${options}${publicKey} wes` };
      return { ...document, keys: { ...document.keys, wes } };
    };
    /** The end of an attempt to log in as Wes with that key alone, and whether the key was asked at all. */
    const attempt = async (options: string, verifies: boolean): Promise<readonly [number, boolean]> => {
      const securityKey = await softwareSecurityKey(verifies);
      await server.apply(withKey(securityKey.publicKey, options));
      const agent = ["-o", `IdentityAgent=${securityKey.socket}`];
      const ssh = [...agent, ...plainSsh(securityKey.file, `wes@${server.address}`), "true"];
      const { code } = await run("ssh", ssh);
      await securityKey.close();
      return [code, securityKey.signatures() > 0];
    };

    afterAll(async () => {
      await server.apply(wesLedByMarcus("dev-wes"));
    });

    it("under keyPolicy: hardware: one that verified its user gets in, one that was only touched does not", async () => {
      expect(await attempt("verify-required ", true)).toEqual([0, true]);
      expect(await attempt("verify-required ", false)).toEqual([255, true]);
      expect(await server.must("journalctl -u ssh --no-pager -n 50")).toContain(
        "user verification requirement",
      );
    });

    it("otherwise not: a touch is enough", async () => {
      expect(await attempt("", false)).toEqual([0, true]);
    });

    it("and no other key: there the applier refuses the option", async () => {
      const [type = "", base64 = ""] = throwAwayKey("wes").publicKey.split(" ");
      const document = withKey(`${type} ${base64}`, "verify-required ");
      await expect(
        server.apply({ ...document, keys: { wes: { hand: document.keys["wes"]?.["hand"] ?? "" } } }),
      ).rejects.toThrow("the option 'verify-required' is not allowed");
    });
  });

  describe("has an RSA host key beside the one that everybody pins, and", () => {
    const rsaKey = async (): Promise<string> =>
      (await server.must("cut -d ' ' -f 1,2 /etc/ssh/ssh_host_rsa_key.pub")).trim();
    /** Whether the server proves to be the owner of this RSA key. */
    const isServed = async (publicKey: string): Promise<boolean> => {
      const knownHosts = join(mkdtempSync(join(tmpdir(), "rsa-")), "known_hosts");
      writeFileSync(knownHosts, `${server.address} ${publicKey}\n`);
      const pinned = [
        "HostKeyAlgorithms=rsa-sha2-512",
        "StrictHostKeyChecking=yes",
        `UserKnownHostsFile=${knownHosts}`,
      ];
      const options = pinned.flatMap((option) => ["-o", option]);
      const ssh = [...options, ...plainSsh(key("wes"), `wes@${server.address}`), "true"];
      return (await run("ssh", ssh)).code === 0;
    };

    it("serves it", async () => {
      expect(await isServed(await rsaKey())).toBe(true);
      expect(await isServed((await rsaKey()).replace(/.{8}$/, "AAAAAAAA"))).toBe(false);
    });

    it("starts without it and without its groups, as at the first boot", async () => {
      const former = await rsaKey();
      await server.must("rm /etc/ssh/ssh_host_rsa_key* /etc/ssh/team-runtime-moduli && sshd -t");
      // ssh.service of a machine here makes missing keys when it starts, with fewer bits; so does Debian's package.
      await server.must("systemctl restart ssh");
      expect((await server.ssh(server.hostKey, "true")).code).toBe(0);
      expect(await isServed(former)).toBe(false);
    });

    it("gets another with the next installation, which serves it at once", async () => {
      expect(await server.must("ssh-keygen -l -f /etc/ssh/ssh_host_rsa_key")).toMatch(/^3072 /);
      const { code, stdout } = await timed("installation that makes an RSA host key", () => server.install());
      expect({ code, stdout }).toEqual({
        code: 0,
        stdout:
          "made: /etc/ssh/ssh_host_rsa_key, RSA of 4096 bits\ninstalled: /etc/ssh/team-runtime-moduli\n",
      });
      expect(await isServed(await rsaKey())).toBe(true);
      expect(await server.must("ssh-keygen -l -f /etc/ssh/ssh_host_rsa_key")).toMatch(/^4096 /);
      expect(await server.must("stat -c '%a %U' /etc/ssh/ssh_host_rsa_key")).toBe("600 root\n");
      expect(await server.install()).toMatchObject({ code: 0, stdout: "" });
    });
  });

  it("starts after the firewall, at a boot that nobody helps", async () => {
    // /run is made anew at each boot.
    await server.must("touch /run/before-the-reboot");
    await server.root("systemctl reboot");
    await until(
      async () => (await server.ssh(server.hostKey, "test ! -e /run/before-the-reboot")).code === 0,
      120,
      () => "The machine does not come back.",
    );
    const started = async (unit: string, property: string): Promise<number> =>
      Number(await server.must(`systemctl show -p ${property} --value ${unit}`));
    const firewall = await started("team-runtime-firewall.service", "ExecMainExitTimestampMonotonic");
    expect(firewall).toBeGreaterThan(0);
    expect(firewall).toBeLessThan(await started("ssh.service", "ExecMainStartTimestampMonotonic"));
    const rules = await server.must("nft list table inet team_runtime");
    expect(rules).toContain("ip daddr 169.254.169.254 meta skuid != 0 reject");
    expect(rules).toContain("ip6 daddr fe80::a9fe:a9fe meta skuid != 0 reject");
  });

  it("is kept from then on, also when nothing of ours has run since but the upkeep", async () => {
    await server.must("systemctl start team-runtime-upkeep.service");
    await server.must("nft flush ruleset && systemctl start team-runtime-upkeep.service");
    expect(await server.must("nft list table inet team_runtime")).toContain("policy drop");
    expect(await server.must("journalctl --boot -t team-runtime -o cat --no-pager")).toContain(
      "put back: the firewall",
    );
  });
});
