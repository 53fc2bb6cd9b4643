import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ProgramResult } from "../../engine/run";
import type { LiveSession } from "../support/live-session";
import { startSandbox, type TestSandbox } from "../support/sandbox";
import { accessOn } from "./access-on-server";
import { bootPreparedServer, type PreparedServer } from "./prepared-server";

/**
 * What an agent could try against people, against the agent beside it, and against root. Tried elsewhere: typing into the
 * caller's terminal and the metadata service (hardening.test.ts); its sudo, its groups and a login by a planted key
 * (journeys/login.test.ts).
 */

let sandbox: TestSandbox;
let server: PreparedServer;
/** Wes's login shell, in which he has done nothing as his agent, and Marcus attached to the agent's session. */
let wes: LiveSession;
let marcus: LiveSession;
/** The ssh-agent of Wes's laptop, which he tries to take with him. */
let agentOfLaptop: ChildProcess;

const asAgent = (command: string): Promise<ProgramResult> =>
  server.root(`runuser -u wes-agent -- env TMUX_TMPDIR=/run/agents bash -c '${command}'`);
const asOtherAgent = (command: string): Promise<ProgramResult> =>
  server.root(`runuser -u olga-agent -- env TMUX_TMPDIR=/run/agents bash -c '${command}'`);
/** The number of the newest process that pgrep(1) finds so. */
const pidOf = async (pgrep: string): Promise<string> => (await server.must(`pgrep -n ${pgrep}`)).trim();

beforeAll(async () => {
  sandbox = await startSandbox("escapes");
  server = await bootPreparedServer(sandbox, "dev-wes");
  await server.apply(
    accessOn("dev-wes", [{ login: "wes" }, { login: "olga" }], [{ lead: "marcus", over: "wes" }]),
  );
  await server.must("runuser -u wes-agent -- env TMUX_TMPDIR=/run/agents tmux new-session -d -s work");
  const keyAgent = join(mkdtempSync(join(tmpdir(), "key-agent-")), "socket");
  agentOfLaptop = spawn("ssh-agent", ["-D", "-a", keyAgent], { stdio: "ignore" });
  wes = server.sessionOf("wes", ["-tt", "-A", "-o", `IdentityAgent=${keyAgent}`, "-o", "LogLevel=DEBUG1"]);
  await wes.waitFor("wes@dev-wes");
  marcus = server.sessionOf("marcus", ["-tt"]);
  await marcus.waitFor("marcus@dev-wes");
  marcus.type("sudo -u wes-agent tmux attach -t work");
  await marcus.waitFor("[work]");
});
afterAll(async () => {
  await Promise.all([wes.close(), marcus.close()]);
  agentOfLaptop.kill();
  await sandbox.remove();
});

describe("what is somebody else's", () => {
  it.each(["/home/wes", "/home/marcus", "/home/deploy", "/home/olga", "/home/olga-agent", "/root"])(
    "%s is closed to an agent, whatever lies in it",
    async (home) => {
      const canary = `${home}/canary`;
      await server.must(`echo secret > ${canary} && chmod 666 ${canary}`);
      expect((await server.root(`cat ${canary}`)).stdout).toBe("secret\n");
      for (const command of [`cat ${canary}`, `ls ${home}`, `cd ${home}`, `echo x >> ${canary}`]) {
        const { code, stdout } = await asAgent(command);
        expect([code === 0, stdout], command).toEqual([false, ""]);
      }
      expect(await server.must(`cat ${canary}; rm ${canary}`)).toBe("secret\n");
    },
  );

  it.each([
    "/etc/shadow",
    "/etc/sudoers.d/50-team-runtime",
    "/var/lib/team-runtime/access.json",
    "/var/log/sudo-io",
    "/var/lib/cloud/seed/nocloud/user-data",
  ])("%s is root's alone", async (path) => {
    await server.must(`test -e ${path}`);
    expect((await asAgent(`head -c 1 ${path} || ls ${path}/`)).stdout).toBe("");
  });

  it.each([
    "/etc/sudoers.d/x",
    "/etc/ssh/authorized_keys/wes",
    "/run/agents/x",
    "/run/team-runtime/x",
    "/opt/x",
  ])("%s is not an agent's to write", async (path) => {
    expect((await asAgent(`echo x >> ${path}`)).code).toBe(1);
  });
});

describe("processes of somebody else", () => {
  const attach = "import ctypes,sys; sys.exit(ctypes.CDLL(None).ptrace(16, int(sys.argv[1]), 0, 0) != 0)";
  const targets: readonly (readonly [string, string])[] = [
    ["a person's shell", "-u wes -x bash"],
    ["a person's sshd", "-u wes -x sshd"],
    ["the sudo through which a lead is attached", "-x sudo"],
    ["a process of another agent", "-u olga-agent -x sleep"],
    ["a process of root", "-u root -x sshd"],
  ];

  beforeAll(async () => {
    await server.must(
      "systemd-run --quiet --collect --unit=others --uid=olga-agent env TOKEN=x sleep 100000",
    );
    await server.must("systemd-run --quiet --collect --unit=own --uid=wes-agent env TOKEN=x sleep 100000");
  });

  it.each(targets)("%s is not traced, read or signalled", async (_what, pgrep) => {
    const pid = await pidOf(pgrep);
    expect((await asAgent(`python3 -c "${attach}" ${pid}`)).code).toBe(1);
    for (const command of [
      "head -c 1 /proc/PID/environ",
      "head -c 1 /proc/PID/mem",
      "ls /proc/PID/fd/",
      "ls /proc/PID/root/",
    ]) {
      const { code, stdout } = await asAgent(command.replace("PID", pid));
      expect([code === 0, stdout], command).toEqual([false, ""]);
    }
    expect((await asAgent(`kill -0 ${pid}`)).code).toBe(1);
  });

  it("are refused for being somebody else's: its own it may read and trace", async () => {
    const pid = await pidOf("-u wes-agent -x sleep");
    expect((await asAgent(`tr "\\\\0" "\\\\n" < /proc/${pid}/environ`)).stdout).toContain("TOKEN=x");
    const { stdout } = await server.root("cat /proc/sys/kernel/yama/ptrace_scope || echo none");
    if (stdout === "none\n") expect((await asAgent(`python3 -c "${attach}" ${pid}`)).code).toBe(0);
  });

  it("on their terminals nothing is written", async () => {
    for (const login of ["wes", "marcus"]) {
      const owned = (await server.must(`find /dev/pts -user ${login}`)).trim().split("\n");
      for (const path of owned) expect((await asAgent(`echo x > ${path}`)).code, path).toBe(1);
    }
  });
});

describe("a person who acts as the agent", () => {
  const files = [
    ".bash_profile",
    ".bash_login",
    ".profile",
    ".bashrc",
    ".tmux.conf",
    ".inputrc",
    ".terminfo",
  ];

  it("runs the system's own programs, whatever the agent's dotfiles say", async () => {
    const fake =
      "mkdir -p ~/bin; printf '#!/bin/sh\\necho fake >> /tmp/fake\\n' > ~/bin/tmux; chmod 755 ~/bin/tmux";
    await server.must(
      `cat > /tmp/plant && chmod 755 /tmp/plant`,
      `${fake}; cp ~/bin/tmux ~/bin/id\n${files
        .filter((file) => file.startsWith(".bash") || file === ".profile")
        .map(
          (file) =>
            `cp ~/${file} ~/${file}.before 2>/dev/null; echo 'PATH=$HOME/bin:$PATH; export PATH; echo fake >> /tmp/fake' > ~/${file}`,
        )
        .join("\n")}\n`,
    );
    await server.must("runuser -u wes-agent -- sh -c 'cd; . /tmp/plant'");
    for (const person of ["wes", "marcus"]) {
      expect((await server.as(person, "sudo -n -u wes-agent tmux ls -F '#S'")).stdout).toBe("work\n");
      expect((await server.as(person, "sudo -n -u wes-agent id -un")).stdout).toBe("wes-agent\n");
    }
    const watch = await server.as("marcus", "sudo -n -u wes-agent /usr/local/lib/team-runtime/watch list");
    expect(watch.stdout).toBe("work\n");
    expect((await server.root("cat /tmp/fake")).code).toBe(1);
    // The trap is a working one: a login shell of the agent's falls into it, which is why no documented command starts one.
    await server.as("wes", "sudo -n -u wes-agent bash -lc 'tmux ls'");
    expect(await server.must("cat /tmp/fake")).toContain("fake");
    await server.must(
      "rm /tmp/fake /tmp/plant; cd /home/wes-agent; rm -r bin .bash_profile .bash_login; for f in .profile .bashrc; do mv $f.before $f; done",
    );
  });

  it("hands no ssh-agent to it: none comes with the login, and one on the server stays its person's", async () => {
    expect(wes.output()).toContain("Requesting authentication agent forwarding");
    wes.type("echo sock-$SSH_AUTH_SOCK-end");
    await wes.waitFor("sock--end");
    const environments = await server.must(
      "for p in $(pgrep -u wes-agent); do tr '\\0' '\\n' < /proc/$p/environ; done 2>/dev/null",
    );
    expect(environments).toContain("PATH=");
    expect(environments).not.toMatch(/SSH_|XDG_RUNTIME_DIR|DBUS_/);
    const socket = (
      await server.must(
        "runuser -u wes -- sh -c 'eval $(ssh-agent -a $HOME/agent.sock) > /dev/null; echo $SSH_AUTH_SOCK'",
      )
    ).trim();
    const list = "ssh-add -l";
    expect((await server.root(`runuser -u wes -- env SSH_AUTH_SOCK=${socket} ${list}`)).stdout).toContain(
      "no identities",
    );
    expect((await asAgent(`SSH_AUTH_SOCK=${socket} ${list}`)).stderr).toMatch(
      /[Pp]ermission denied|connecting to/,
    );
    const inTmp = (
      await server.must("runuser -u wes -- sh -c 'eval $(ssh-agent) > /dev/null; echo $SSH_AUTH_SOCK'")
    ).trim();
    expect((await asAgent(`SSH_AUTH_SOCK=${inTmp} ${list}`)).stderr).toMatch(/[Pp]ermission denied/);
    await server.must("for p in $(pgrep -u wes -x ssh-agent); do kill $p; done");
  });

  it("receives no clipboard, title or raw sequence that a pane prints", async () => {
    const before = marcus.output().length;
    const sequences = [
      String.raw`\033]52;c;c3RvbGVu\a`,
      String.raw`\033]0;stolen\a`,
      String.raw`\033Ptmux;\033\033]52;c;c3RvbGVu\a\033\\`,
      String.raw`\033Ptmux;\033\033[5i\033\\`,
      String.raw`\033]1337;File=stolen\a`,
    ];
    await server.must(`cat > /tmp/sequences`, `printf '${sequences.join("")}'; echo print''ed\n`);
    await server.must(
      "runuser -u wes-agent -- env TMUX_TMPDIR=/run/agents tmux send-keys -t work '. /tmp/sequences' Enter",
    );
    await marcus.waitFor("printed");
    const received = marcus.output().slice(before);
    expect(received).not.toMatch(/\x1b\]52|c3RvbGVu|\x1bPtmux|\x1b\[5i|1337|\x1b\]0;/);
  });
});

describe("the agents' tmux servers", () => {
  it("start and answer though another agent has taken their usual place in /tmp", async () => {
    const uid = (await server.must("id -u wes-agent")).trim();
    expect((await asOtherAgent(`mkdir /tmp/tmux-${uid} && ln -s /etc /tmp/tmux-${uid}/default`)).code).toBe(
      0,
    );
    const pid = "systemctl show -p MainPID --value agent-tmux@wes-agent";
    const before = await server.must(pid);
    await server.must("systemctl restart agent-tmux@wes-agent");
    expect(await server.must(pid)).not.toBe(before);
    expect((await server.as("wes", "sudo -n -u wes-agent tmux new-session -d -s after")).code).toBe(0);
    expect((await server.as("marcus", "sudo -n -u wes-agent tmux ls -F '#S'")).stdout).toBe("after\n");
  });

  it("answer though their sockets have become old and /tmp is being cleared", async () => {
    await server.must(
      "find /run/agents -exec touch --no-dereference -d '100 days ago' {} + && systemd-tmpfiles --clean",
    );
    expect((await server.as("marcus", "sudo -n -u wes-agent tmux ls -F '#S'")).stdout).toBe("after\n");
  });

  it("let neither another agent nor a person in without sudo", async () => {
    const socket = `/run/agents/tmux-${(await server.must("id -u wes-agent")).trim()}/default`;
    for (const login of ["olga-agent", "olga", "marcus", "wes", "deploy"]) {
      const { code, stdout } = await server.root(`runuser -u ${login} -- tmux -N -S ${socket} ls`);
      expect([code, stdout], login).toEqual([1, ""]);
    }
    expect((await asAgent(`tmux -N -S ${socket} ls`)).code).toBe(0);
  });
});

describe("agents of one server", () => {
  it("share /tmp, and neither reads, replaces nor removes a file of the other's there", async () => {
    await server.must("runuser -u olga-agent -- sh -c 'umask 077; echo secret > /tmp/others'");
    for (const command of [
      "cat /tmp/others",
      "rm -f /tmp/others",
      "mv /tmp/others /tmp/x",
      "echo x > /tmp/others",
    ]) {
      expect((await asAgent(command)).code, command).not.toBe(0);
    }
    expect((await asOtherAgent("cat /tmp/others")).stdout).toBe("secret\n");
  });

  it("do not become each other, nor each other's people", async () => {
    for (const login of ["olga-agent", "olga", "wes", "marcus", "deploy", "root"]) {
      expect((await asAgent(`sudo -n -u ${login} id`)).code, login).not.toBe(0);
      expect((await asAgent(`su ${login} -c id < /dev/null`)).code, login).not.toBe(0);
    }
    for (const person of ["wes", "marcus"]) {
      expect((await server.as(person, "sudo -n -u olga-agent id")).code, person).not.toBe(0);
    }
  });

  it("make nobody's files their own, and of theirs nobody else's", async () => {
    await server.must("runuser -u wes-agent -- cp /bin/bash /tmp/copy");
    for (const command of [
      "chown olga-agent /tmp/copy",
      "chown root /tmp/copy",
      "chgrp team-login /tmp/copy",
    ]) {
      expect((await asAgent(command)).code, command).not.toBe(0);
    }
    // The bit that remains to it makes others the agent, and the agent nobody.
    await server.must("runuser -u wes-agent -- chmod 6755 /tmp/copy");
    expect((await asAgent('/tmp/copy -pc "id -u; id -ru"')).stdout).toBe("20413\n20413\n");
    await server.must("rm /tmp/copy");
  });

  it("ask systemd for nothing: no unit is stopped, started or made to linger", async () => {
    for (const command of [
      "systemctl stop agent-tmux@olga-agent",
      "systemctl stop team-runtime-upkeep.timer",
      "systemctl restart ssh",
      "systemd-run --uid=0 true",
      "loginctl enable-linger",
      "loginctl terminate-user wes",
      "systemctl poweroff",
    ]) {
      expect((await asAgent(`${command} < /dev/null`)).code, command).not.toBe(0);
    }
    expect((await server.root("ls /var/lib/systemd/linger")).stdout).toBe("");
  });
});

describe("the provider's own user", () => {
  it("is nobody: only the deploy user becomes root, and what the image gives to another is taken at the installation", async () => {
    const powerful =
      "for u in $(cut -d: -f1 /etc/passwd); do sudo -l -U $u 2>/dev/null | grep -qE '\\((ALL|root)' && echo $u; done; true";
    expect((await server.must(powerful)).trim().split("\n")).toEqual(["root", "deploy"]);
    await server.must(
      "useradd -m debian && printf 'debian ALL=(ALL) NOPASSWD:ALL\\n' >> /etc/sudoers.d/90-cloud-init-users",
    );
    expect(await server.must(powerful)).toContain("debian");
    expect((await server.install()).code).toBe(0);
    expect((await server.must(powerful)).trim().split("\n")).toEqual(["root", "deploy"]);
  });
});
