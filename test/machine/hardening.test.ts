import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run, type ProgramResult } from "../../engine/run";
import { networkNamespace } from "../../sandbox/network/names";
import { plainSsh } from "../support/laptop";
import { startSandbox, type TestSandbox } from "../support/sandbox";
import { throwAwayKey } from "../support/throw-away-key";
import { until } from "../support/until";
import { installRequest } from "./new-server";
import { bootPreparedServer, wesLedByMarcus, type PreparedServer } from "./prepared-server";

let sandbox: TestSandbox;
let server: PreparedServer;

beforeAll(async () => {
  sandbox = await startSandbox("hardening");
  server = await bootPreparedServer(sandbox, "dev-wes");
  await server.apply(wesLedByMarcus("dev-wes"));
});
afterAll(async () => {
  await sandbox.remove();
});

const upkeep = "/usr/local/lib/team-runtime/upkeep";

describe("the firewall", () => {
  /** A listener of the agent's, for anybody. */
  const listen = "systemd-run --quiet --collect --unit=listener --uid=wes-agent python3 -m http.server 8080";
  const isListening = (): Promise<void> =>
    until(
      async () => (await server.root("curl -s -o /dev/null http://127.0.0.1:8080/")).code === 0,
      10,
      () => "The listener does not answer.",
    );
  /** Whether it is reached from the network that the machine is in. */
  const outside = async (): Promise<boolean> => {
    const network = `--net=/run/netns/${networkNamespace(sandbox.instance.number)}`;
    const ask = ["curl", "--noproxy", "*", "-s", "-o", "/dev/null", "--max-time", "2"];
    return (await run("nsenter", [network, ...ask, `http://${server.address}:8080/`])).code === 0;
  };

  it("lets nobody reach what an agent listens on, and the machine itself do so", async () => {
    await server.must(listen);
    await isListening();
    expect(await outside()).toBe(false);
    // Without the firewall the same request is answered, so that the refusal above is the firewall's.
    await server.must("nft flush ruleset");
    expect(await outside()).toBe(true);
  });

  it("is put back within the promised time after somebody flushed it", async () => {
    await until(
      async () => !(await outside()),
      60,
      () => "The firewall stays away.",
    );
    expect(await server.must("journalctl -t team-runtime -o cat --no-pager")).toContain(
      "put back: the firewall",
    );
    expect(await server.must(upkeep)).toBe("");
  });

  it("is put back after a change of one rule, and leaves tables of others alone", async () => {
    await server.must(
      "nft add table inet of_others && nft add rule inet team_runtime input tcp dport 8080 accept",
    );
    expect(await outside()).toBe(true);
    await server.must(upkeep);
    expect(await outside()).toBe(false);
    await server.must("nft delete table inet of_others");
  });

  it("is loaded before the network and before sshd, at every boot", async () => {
    expect(await server.must("systemctl is-enabled team-runtime-firewall.service")).toBe("enabled\n");
    const before = await server.must("systemctl show -p Before --value team-runtime-firewall.service");
    expect(before.split(/\s+/)).toEqual(expect.arrayContaining(["ssh.service", "network-pre.target"]));
    await server.must(
      "systemctl stop team-runtime-upkeep.timer team-runtime-upkeep.service && nft flush ruleset",
    );
    await server.must("systemctl restart team-runtime-firewall.service");
    expect(await server.must("nft list table inet team_runtime")).toContain("policy drop");
    await server.must("systemctl start team-runtime-upkeep.timer");
  });

  it("does not take settings that would shut out the one who brings them", async () => {
    const { code, stderr } = await server.install({ sshFrom: ["192.0.2.0/24"] });
    expect(code).toBe(2);
    expect(stderr).toMatch(/sshFrom: 127\.77\.\d+\.\d+, from where this connection comes/);
    expect((await server.ssh(server.hostKey, "true")).code).toBe(0);
  });

  it("lets only the networks of the setting reach sshd", async () => {
    const install = "/usr/local/lib/team-runtime/install";
    // From the console, where no connection can be shut out.
    const narrow = await server.root(install, installRequest({ sshFrom: ["192.0.2.0/24"] }));
    expect(narrow).toMatchObject({ code: 0, stdout: "installed: /etc/team-runtime/firewall.nft\n" });
    expect((await server.ssh(server.hostKey, "true")).code).toBe(255);
    expect(await server.root(install, installRequest({ sshFrom: ["192.0.2.0/24"] }))).toMatchObject({
      stdout: "",
    });
    expect((await server.root(install, installRequest())).code).toBe(0);
    expect((await server.ssh(server.hostKey, "true")).code).toBe(0);
  });
});

describe("the metadata service", () => {
  const addresses = ["169.254.169.254", "[fe80::a9fe:a9fe%25lo]"];

  beforeAll(async () => {
    await server.must(
      "ip address add 169.254.169.254/32 dev lo; ip address add fe80::a9fe:a9fe/128 dev lo nodad",
    );
    await server.must(
      "systemd-run --quiet --collect --unit=metadata -p WorkingDirectory=/etc/ssh python3 -m http.server --bind :: 80",
    );
    await until(
      async () => (await server.root("curl -s -o /dev/null http://127.0.0.1:80/")).code === 0,
      10,
      () => "The stand-in does not answer.",
    );
  });
  afterAll(async () => {
    await server.must(
      "systemctl stop metadata; ip address del 169.254.169.254/32 dev lo; ip address del fe80::a9fe:a9fe/128 dev lo",
    );
  });

  const ask = (address: string, login: string): Promise<ProgramResult> =>
    server.root(
      `runuser -u ${login} -- curl --noproxy '*' --globoff --silent --max-time 3 -o /dev/null http://${address}/`,
    );

  it.each(addresses)("%s is root's, and nobody else's", async (address) => {
    expect((await ask(address, "root")).code).toBe(0);
    for (const login of ["wes-agent", "wes", "deploy", "nobody"]) {
      expect((await ask(address, login)).code, login).toBe(7);
    }
  });

  it.each(addresses)("%s is so again after somebody flushed the rules", async (address) => {
    await server.must(
      "systemctl stop team-runtime-upkeep.timer team-runtime-upkeep.service && nft flush ruleset",
    );
    expect((await ask(address, "wes-agent")).code).toBe(0);
    await server.must("systemctl start team-runtime-upkeep.timer");
    await until(
      async () => (await ask(address, "wes-agent")).code === 7,
      60,
      () => "The agent still reaches it.",
    );
    expect((await ask(address, "root")).code).toBe(0);
  });
});

describe("the recording of leads", () => {
  const recordings = "find /var/log/sudo-io -name log | wc -l";

  it("has what a lead typed and saw as an agent, under the lead's name, for root alone", async () => {
    const marcus = await server.terminalOf("marcus");
    await marcus.waitFor(/marcus@dev-wes/);
    await marcus.type("sudo -u wes-agent bash --norc");
    await marcus.waitFor(/bash-[\d.]+\$/);
    await marcus.type("echo secret-$((6 * 7))");
    await marcus.waitFor("secret-42");
    await marcus.type("exit");
    await until(
      async () => (await server.root("pgrep -U marcus -x sudo")).code !== 0,
      20,
      () => "The lead's command does not end.",
    );
    await marcus.close();
    const log =
      (await server.must("ls -d /var/log/sudo-io/marcus/wes-agent/00/00/*")).trim().split("\n").at(-1) ?? "";
    expect(await server.must(`zcat -f ${log}/ttyin`)).toContain("echo secret-$((6 * 7))");
    expect(await server.must(`zcat -f ${log}/ttyout`)).toContain("secret-42");
    expect(await server.must("sudoreplay -d /var/log/sudo-io/marcus -l user marcus")).toContain("wes-agent");
    for (const login of ["marcus", "wes", "wes-agent"]) {
      expect((await server.root(`runuser -u ${login} -- ls /var/log/sudo-io`)).code).not.toBe(0);
    }
  });

  it("has nothing of what the developer does as their own agent", async () => {
    const before = await server.must(recordings);
    expect((await server.as("wes", "sudo -n -u wes-agent id")).code).toBe(0);
    expect(await server.must(recordings)).toBe(before);
    expect((await server.as("marcus", "sudo -n -u wes-agent id")).code).toBe(0);
    expect(Number(await server.must(recordings))).toBe(Number(before) + 1);
  });

  it("cannot fill the disk by number: the 1001st takes the place of the first", async () => {
    // sudo counts in base 36: 999 is RR.
    await server.must("printf '0000RQ\\n' > $(find /var/log/sudo-io/marcus -name seq)");
    for (let count = 0; count < 3; count += 1) await server.as("marcus", "sudo -n -u wes-agent true");
    const folders = await server.must("cd /var/log/sudo-io/marcus/wes-agent && ls -d */*/*");
    expect(
      folders
        .trim()
        .split("\n")
        .every((folder) => folder <= "00/00/RS"),
    ).toBe(true);
    expect(folders).toContain("00/00/RR");
  });

  it("cannot fill the disk by age or size", async () => {
    await server.must("find /var/log/sudo-io/marcus -type f -exec touch -d '100 days ago' {} +");
    expect(await server.must(upkeep)).toMatch(/^deleted: \d+ recordings of sudo/);
    expect(await server.must(recordings)).toBe("0\n");
    await server.as("marcus", "sudo -n -u wes-agent true");
    expect(await server.must(upkeep)).toBe("");
    expect(await server.must(recordings)).toBe("1\n");
  });

  it("that cannot be made keeps the lead's command from running, and not the developer's", async () => {
    await server.must(
      "mount -t tmpfs -o size=4k,mode=0700 tmpfs /var/log/sudo-io && ! head -c 100k /dev/zero > /var/log/sudo-io/full",
    );
    const marcus = await server.as("marcus", "sudo -n -u wes-agent sh -c 'echo ran > /tmp/ran'");
    const wes = await server.as("wes", "sudo -n -u wes-agent id -un");
    await server.must("umount /var/log/sudo-io");
    expect(marcus.code).not.toBe(0);
    expect((await server.root("ls /tmp/ran")).code).not.toBe(0);
    expect(wes).toMatchObject({ code: 0, stdout: "wes-agent\n" });
  });
});

describe("sudo", () => {
  it.each([
    ["-E", "SSH_AUTH_SOCK=/tmp/x sudo -n -E -u wes-agent env"],
    ["a variable", "sudo -n -u wes-agent LD_PRELOAD=/tmp/x.so env"],
    ["another host's rules", "sudo -n -h elsewhere -u wes-agent id"],
    ["another root", "sudo -n -R / -u wes-agent id"],
  ])("hands nothing over by %s", async (_what, command) => {
    for (const person of ["marcus", "wes"]) {
      const { code, stdout } = await server.as(person, command);
      expect(code).not.toBe(0);
      expect(stdout).not.toMatch(/uid=|SSH_AUTH_SOCK|LD_PRELOAD/);
    }
  });

  // Wes, because recording alone would already give a lead's command a terminal of its own.
  it("gives a command a terminal of its own, so that it cannot type into the caller's", async () => {
    // Debian's own file says so too, and another distribution's does not.
    await server.must("sed -i '/use_pty/d' /etc/sudoers && visudo -cq");
    const wes = await server.terminalOf("wes");
    await wes.waitFor(/wes@dev-wes/);
    const inject =
      "import fcntl, termios; [fcntl.ioctl(0, termios.TIOCSTI, c.encode()) for c in 'id -un > /tmp/typed-by\\n']";
    await wes.type("tty > /tmp/own; sudo -u wes-agent tty > /tmp/given; echo told-$((6 * 7))");
    await wes.waitFor("told-42");
    await wes.type(`sudo -u wes-agent python3 -c "${inject}"; echo ended-$((6 * 7))`);
    await wes.waitFor("ended-42");
    // By now the shell has read whatever was typed for it.
    await wes.type("echo done-$((6 * 7))");
    await wes.waitFor("done-42");
    expect((await server.root("cat /tmp/typed-by")).stdout).not.toBe("wes\n");
    expect(await server.must("cat /tmp/given")).not.toBe(await server.must("cat /tmp/own"));
    expect(await server.must("sudo -l -U wes")).toContain("use_pty");
    await wes.close();
  });
});

describe("sshd", () => {
  const stranger = throwAwayKey("stranger");
  const withKeyOf = (login: string): Promise<ProgramResult> =>
    run("ssh", [...plainSsh(stranger.file, `${login}@${server.address}`), "id"]);
  const home = "/home/wes/.ssh";

  it("reads no key in a home, whatever the image's own settings say later", async () => {
    const image = "/etc/ssh/sshd_config.d/50-image.conf";
    await server.root(`cat > ${image}`, "AuthorizedKeysFile .ssh/authorized_keys\nPermitRootLogin yes\n");
    await server.must(`install -d -m 700 -o wes -g wes ${home}`);
    await server.root(`cat > ${home}/authorized_keys`, `${stranger.publicKey}\n`);
    await server.must(`chown wes:wes ${home}/authorized_keys && systemctl restart ssh`);
    expect((await withKeyOf("wes")).code).toBe(255);
    await server.must(`rm -r ${image} ${home} && systemctl restart ssh`);
  });

  it.each(["wes-agent", "root", "nobody"])(
    "does not let %s in, even with a key in the right place",
    async (login) => {
      const file = `/etc/ssh/authorized_keys/${login}`;
      await server.root(`cat > ${file}`, `${stranger.publicKey}\n`);
      expect((await withKeyOf(login)).code).toBe(255);
      await server.must(`rm ${file}`);
    },
  );

  it("lets that key in where it belongs, so that the refusals above are not the test's own fault", async () => {
    const document = wesLedByMarcus("dev-wes");
    const key = `${stranger.publicKey.split(" ").slice(0, 2).join(" ")} wes`;
    await server.apply({ ...document, keys: { ...document.keys, wes: { other: key } } });
    expect((await withKeyOf("wes")).code).toBe(0);
    await server.apply(document);
    expect((await withKeyOf("wes")).code).toBe(255);
  });
});

describe("what the machine keeps and closes", () => {
  it("has homes that nobody else can look into", async () => {
    const modes = await server.must("stat -c '%n %a %U' /home/*");
    for (const login of ["deploy", "marcus", "wes", "wes-agent"]) {
      expect(modes.split("\n")).toContain(`/home/${login} 700 ${login}`);
    }
    expect((await server.root("runuser -u wes-agent -- ls /home/wes")).code).not.toBe(0);
  });

  it("has a journal on the disk, within bounds", async () => {
    expect(await server.must("ls -d /var/log/journal/$(cat /etc/machine-id)")).not.toBe("");
    const settings = await server.must("systemd-analyze cat-config systemd/journald.conf");
    expect(settings).toMatch(/^Storage=persistent$/m);
    expect(settings).toMatch(/^SystemMaxUse=1G$/m);
    // What journald itself makes of it, which it writes down when it starts.
    await server.must("systemctl restart systemd-journald && journalctl --flush");
    const said = await server.must("journalctl -u systemd-journald -o cat --no-pager");
    expect(said).toMatch(/^System Journal \(\/var\/log\/journal\/.*\) is .*, max 1\.0G,/m);
  });

  it("has kernel settings that the next boot finds, and network settings that are in force", async () => {
    const file = await server.must("cat /etc/sysctl.d/99-team-runtime.conf");
    // Read last of all, so that every line of it counts.
    expect((await server.must("systemd-analyze cat-config sysctl.d")).endsWith(file)).toBe(true);
    const settings = [...file.matchAll(/^(net\.\S+) = ([01])$/gm)].map(([, key = "", value = ""]) => ({
      files: `/proc/sys/${key.replaceAll(".", "/")}`,
      value,
    }));
    expect(settings.length).toBeGreaterThan(10);
    const others = settings.map(
      ({ files, value }) => `for file in ${files}; do echo ${value === "0" ? "1" : "0"} > $file; done`,
    );
    await server.must(others.join("\n"));
    await server.must("systemctl restart systemd-sysctl.service");
    const inForce = await server.must(settings.map(({ files }) => `cat ${files} | sort -u`).join("\n"));
    expect(inForce).toBe(settings.map(({ value }) => `${value}\n`).join(""));
  });

  it("lets nobody but root try root's password", async () => {
    await server.must("echo 'root:known' | chpasswd && cp -p /etc/pam.d/su /root/su");
    const guess = "echo known | su -c 'id -un'";
    expect((await server.root(`runuser -u wes -- sh -c "${guess}"`)).stdout).not.toContain("root");
    await server.must("sed -i '/^auth required pam_wheel/d' /etc/pam.d/su");
    expect((await server.root(`runuser -u wes -- sh -c "${guess}"`)).stdout).toContain("root");
    const { stdout } = await server.install();
    expect(stdout).toBe("su is for root only: /etc/pam.d/su\n");
    expect(await server.must("cat /etc/pam.d/su")).toBe(await server.must("cat /root/su"));
    expect(await server.must("su wes -c 'id -un'")).toBe("wes\n");
  });

  it("is as it was when the installation runs again", async () => {
    expect(await server.install()).toMatchObject({ code: 0, stdout: "", stderr: "" });
    expect(await server.apply(wesLedByMarcus("dev-wes"))).toBe("");
    expect((await server.root("systemctl --failed --no-legend")).stdout).toBe("");
  });
});
