import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ProgramResult } from "../../engine/run";
import { figure } from "../support/figure";
import { startSandbox, type TestSandbox } from "../support/sandbox";
import { until } from "../support/until";
import { takeSnapshot } from "./host-snapshot";
import { bootNewServer, identityCommand, installRequest, type NewServer } from "./new-server";
import { bootPreparedServer, wesLedByMarcus, type PreparedServer } from "./prepared-server";

const install = "/usr/local/lib/team-runtime/install";
const applier = "/usr/local/lib/team-runtime/apply-access";

let sandbox: TestSandbox;
let server: PreparedServer;
let killed: NewServer;

beforeAll(async () => {
  sandbox = await startSandbox("hindered");
  [server, killed] = await Promise.all([
    bootPreparedServer(sandbox, "dev-wes"),
    bootNewServer(sandbox, "dev-killed"),
  ]);
});

afterAll(() => sandbox.remove());

/** Proves that the installation may die after any of its changes, as often as it likes. */
describe("an installation that is killed after each change that it makes", () => {
  test("comes to the same end as one that is left alone", async () => {
    expect((await killed.ssh(killed.oneTimeKey, identityCommand)).code).toBe(0);
    const { code, stdout, stderr } = await killed.root(
      `cat > /root/request && /usr/bin/python3 -IBc '${killAfterEachChange}' ${install} < /root/request`,
      installRequest(),
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const kills = Number(stdout);
    figure("installation killed before it converged", `${String(kills)} times`);
    expect(kills).toBeGreaterThan(10);
    expect(await takeSnapshot(killed)).toEqual(await takeSnapshot(server));
  });
});

/** Proves what a first boot that is late, or was not perfect, means for the first connection. */
describe("a first boot", () => {
  const identityWith = async (cloudInit: string): Promise<ProgramResult> => {
    await server.root("cat > /usr/local/bin/cloud-init && chmod 755 /usr/local/bin/cloud-init", cloudInit);
    const answer = await server.ssh(server.hostKey, identityCommand);
    await server.must("rm /usr/local/bin/cloud-init");
    return answer;
  };

  test("that still runs is waited for", async () => {
    const started = Date.now();
    expect(await identityWith("#!/bin/sh\nsleep 3\n")).toMatchObject({
      code: 0,
      stdout: `${server.hostKey}\n`,
    });
    expect(Date.now() - started).toBeGreaterThan(3000);
  });

  test("with errors from which it recovered goes on, and tells them", async () => {
    const { code, stdout, stderr } = await identityWith(
      '#!/bin/sh\n[ "$2" = --wait ] || echo "recoverable: apt"\nexit 2\n',
    );
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${server.hostKey}\n` });
    expect(stderr).toContain("went on after errors: recoverable: apt");
  });

  test("that failed is where it ends, with the reason and the place to look at", async () => {
    const { code, stdout, stderr } = await identityWith("#!/bin/sh\necho 'status: error'\nexit 1\n");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/the first boot of dev-wes failed: status: error.*cloud-init-output\.log/);
  });
});

/** Proves that two who come at once, from two checkouts say, do not get in each other's way (who waits too long: test/host/test_lock). */
describe("a server on which another program of ours is at work", () => {
  const hold = (seconds: number): string =>
    `python3 -c 'import fcntl,os,time; d=os.open("/run/team-runtime/lock", os.O_RDWR); fcntl.flock(d, fcntl.LOCK_EX); ` +
    `os.ftruncate(d, 0); os.pwrite(d, b"bootstrap, pid 7", 0); print("held", flush=True); time.sleep(${String(seconds)})'`;

  test("is waited for", async () => {
    await Promise.all([server.must(hold(3)), server.apply(wesLedByMarcus("dev-wes"))]);
    expect((await applyChecked()).code).toBe(0);
  });
});

/** Proves that the packages of a server are never in the way of access, and that what is wrong with them is told. */
describe("packages", () => {
  const mirrorIsDown =
    "mv /etc/apt/sources.list.d /etc/apt/former.d; mv /etc/apt/sources.list /etc/apt/former.list; " +
    "echo 'deb http://127.0.0.1:9/debian bookworm main' > /etc/apt/sources.list";
  const mirrorIsBack =
    "mv /etc/apt/former.d /etc/apt/sources.list.d; mv -f /etc/apt/former.list /etc/apt/sources.list";

  test("that all are there need no mirror: host software and access are applied without one", async () => {
    await server.root(mirrorIsDown);
    const installed = await server.install();
    const applied = await server.root(applier, JSON.stringify(nothing));
    await server.apply(wesLedByMarcus("dev-wes"));
    await server.root(mirrorIsBack);
    expect(installed).toMatchObject({ code: 0, stderr: "" });
    expect(applied.code).toBe(0);
  });

  test("that are missing while the mirror is down are named, with the mirror; access still changes", async () => {
    await server.must("mv /usr/bin/ps /usr/bin/ps.away");
    await server.root(mirrorIsDown);
    const installed = await server.install();
    const applied = await server.root(applier, JSON.stringify(nothing));
    await server.apply(wesLedByMarcus("dev-wes"));
    await server.root(mirrorIsBack);
    await server.must("mv /usr/bin/ps.away /usr/bin/ps");
    expect(installed.code).toBe(1);
    expect(installed.stderr).toMatch(
      /missing here and could not be installed: procps\. .*127\.0\.0\.1.*run this again/,
    );
    expect(applied.code).toBe(0);
    expect(await server.install()).toMatchObject({ code: 0, stdout: "" });
  });

  test("that an interrupted dpkg left half done are set up", async () => {
    await server.must(halfDone("true"));
    expect(await server.must("dpkg --audit")).toContain("half-done");
    const { code, stdout } = await server.install();
    expect(code).toBe(0);
    expect(stdout).toContain("set up: packages that an interrupted installation had left half done\n");
    expect(await server.must("dpkg --audit")).toBe("");
  });

  test("that cannot be set up are told, and are no obstacle", async () => {
    await server.must(halfDone("exit 3"));
    const { code, stderr } = await server.install();
    expect(code).toBe(0);
    expect(stderr).toMatch(/dpkg --configure -a` failed.*half-done/);
    await server.must("dpkg --purge --force-all half-done");
  });

  test("on which another program is at work are waited for when one is missing, and left alone otherwise", async () => {
    const hold =
      'python3 -c \'import fcntl,time; f=open("/var/lib/dpkg/lock-frontend","w"); g=open("/var/lib/dpkg/lock","w"); ' +
      "fcntl.lockf(f,fcntl.LOCK_EX); fcntl.lockf(g,fcntl.LOCK_EX); time.sleep(8)'";
    await server.must(halfDone("true"));
    const first = server.must(hold);
    await until(
      async () => (await server.root("dpkg --configure -a")).code !== 0,
      5,
      () => "dpkg's lock is not held.",
    );
    expect(await server.install()).toMatchObject({ code: 0, stdout: "", stderr: "" });
    await first;
    await server.must("mv /usr/bin/ps /usr/bin/ps.away");
    await server.root(mirrorIsDown);
    const second = server.must(hold);
    const started = Date.now();
    const { code, stderr } = await server.install();
    await server.root(mirrorIsBack);
    await server.must("mv /usr/bin/ps.away /usr/bin/ps; dpkg --purge half-done");
    await second;
    expect(code).toBe(1);
    expect(stderr).toContain("procps");
    expect(Date.now() - started).toBeGreaterThan(5000);
  });
});

/** Proves that what somebody made by hand is never taken over, whichever part of an account it is. */
describe("on a server where something is in the way", () => {
  test.each([
    [
      "an account",
      "useradd --uid 20300 marcus",
      "userdel marcus",
      "marcus (uid 20300) exists on this server and was not made by team-runtime",
    ],
    ["an account of another uid", "useradd marcus", "userdel marcus", "An account's uid is never changed"],
    [
      "an account with the uid",
      "useradd --uid 20300 somebody",
      "userdel somebody",
      "uid 20300 of marcus belongs to the account somebody",
    ],
    ["a group", "groupadd --gid 30000 marcus", "groupdel marcus", "the group marcus has gid 30000"],
    [
      "a group with the gid",
      "groupadd --gid 20300 somebody",
      "groupdel somebody",
      "gid 20300 of marcus belongs to the group somebody",
    ],
    [
      "a home",
      "mkdir /home/marcus",
      "rmdir /home/marcus",
      "/home/marcus is there already and belongs to uid 0. Move it away.",
    ],
  ])("%s stops the whole document, with the remedy", async (_, plant, remove, sentence) => {
    await server.apply(nothing);
    // Forgotten, so that the account is nobody's the program ever made.
    await server.must("rm /var/lib/team-runtime/access.json");
    await server.must(plant);
    const before = await takeSnapshot(server);
    const { code, stderr } = await server.root(applier, JSON.stringify(wesLedByMarcus("dev-wes")));
    expect(await takeSnapshot(server)).toEqual(before);
    await server.must(remove);
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
    expect(stderr).toMatch(/(Choose another|Run `|set `uid|Move it away)/);
  });
});

/** Proves that a tmux server that does not start keeps nobody from the agent, and that nobody overlooks it. */
describe("an agent whose unit does not start", () => {
  const dropIn = "/etc/systemd/system/agent-tmux@.service.d";

  test("has its grants all the same, is told, and starts as soon as it can", async () => {
    await server.apply(nothing);
    await server.must(
      `mkdir ${dropIn} && printf '[Service]\\nExecStart=\\nExecStart=/bin/false\\n' > ${dropIn}/broken.conf && systemctl daemon-reload`,
    );
    const first = await server.root(applier, JSON.stringify(wesLedByMarcus("dev-wes")));
    const check = await applyChecked();
    const session = await server.as(
      "wes",
      "sudo -n -u wes-agent tmux new-session -d -s by-hand && sudo -n -u wes-agent tmux ls",
    );
    await server.must(
      `sudo -u wes-agent tmux -S /run/agents/tmux-20413/default kill-server; rm -r ${dropIn} && systemctl daemon-reload`,
    );
    expect(first.code).toBe(1);
    expect(first.stderr).toContain("agent-tmux@wes-agent.service");
    expect(first.stdout).toContain("added grant: wes as wes-agent");
    expect(check).toMatchObject({ code: 1, stdout: "started: the tmux server of wes-agent\n" });
    expect(session.stdout).toContain("by-hand");
    await server.apply(wesLedByMarcus("dev-wes"));
    expect(await server.must("systemctl is-active agent-tmux@wes-agent")).toBe("active\n");
  });
});

const nothing = { ...wesLedByMarcus("dev-wes"), accounts: {}, keys: {}, sudoers: {} };

function applyChecked(): Promise<ProgramResult> {
  return server.root(`${applier} --check`, JSON.stringify(wesLedByMarcus("dev-wes")));
}

/** A package that is unpacked and not set up, as after a power cut; setting it up runs this line. */
function halfDone(setUp: string): string {
  return (
    "d=$(mktemp -d) && chmod 755 $d && mkdir $d/DEBIAN && " +
    "printf 'Package: half-done\\nVersion: 1\\nArchitecture: all\\nMaintainer: nobody <nobody@localhost>\\nDescription: for a test\\n' > $d/DEBIAN/control && " +
    `printf '#!/bin/sh\\n${setUp}\\n' > $d/DEBIAN/postinst && chmod 755 $d/DEBIAN/postinst && ` +
    "dpkg-deb --build $d /root/half-done.deb > /root/log && dpkg --unpack /root/half-done.deb > /root/log && rm -r $d"
  );
}

/**
 * Runs the installation again and again, each time until it has told of one more change (of its own files: of ten more,
 * which all go the same way), and kills it there with everything that it started. Prints how often.
 */
const killAfterEachChange = `
import os, signal, subprocess, sys
kills = 0
while True:
    own = 0
    with open("/root/request") as request:
        running = subprocess.Popen(sys.argv[1:], stdin=request, stdout=subprocess.PIPE, text=True, start_new_session=True)
    for line in running.stdout:
        own += 1 if "/usr/local/lib/team-runtime/" in line else 10
        if own >= 10:
            os.killpg(running.pid, signal.SIGKILL)
            kills += 1
            break
    else:
        break
    running.wait()
if running.wait() == 0:
    print(kills)
sys.exit(running.returncode)
`;
