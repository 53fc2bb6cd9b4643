import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { figure } from "../support/figure";
import { plainSsh } from "../support/laptop";
import { startSandbox, type TestSandbox } from "../support/sandbox";
import { openTerminal, type Terminal } from "../support/terminal";
import { throwAwayKey } from "../support/throw-away-key";
import { until } from "../support/until";
import { bootPreparedServer, type AccessDocument, type PreparedServer, wesWithKeys } from "./prepared-server";

const promisedSeconds = 5;
/** What a laptop shows of a session that the server has ended: ssh's own words, or tmux's, which may come late or not at all. */
const ended = /closed by remote host|Pane is dead/;

let sandbox: TestSandbox;
let server: PreparedServer;

/** `keys` says which of Wes's two keys the document still names. */
const withKeysOfWes = (...keys: readonly ("wes" | "desktop")[]): AccessDocument =>
  wesWithKeys("dev-wes", ...keys);

const openOver = async (key: string): Promise<Terminal> => {
  const terminal = await openTerminal(
    ["ssh", "-tt", ...plainSsh(throwAwayKey(key).file, `wes@${server.address}`)],
    process.env,
  );
  await terminal.waitFor(/wes@dev-wes/);
  return terminal;
};

const tmuxServerOfWes = (): Promise<string> =>
  server.must("systemctl show -p MainPID --value agent-tmux@wes-agent");

beforeAll(async () => {
  sandbox = await startSandbox("lost-laptop");
  server = await bootPreparedServer(sandbox, "dev-wes");
  await server.apply(withKeysOfWes("wes", "desktop"));
  await server.as("wes", "sudo -n -u wes-agent tmux new-session -d -s work");
});
afterAll(async () => {
  await sandbox.remove();
});

/** Proves that a key that goes takes its open sessions with it, and nobody else's. */
describe("a key that goes", () => {
  let lost: Terminal;
  let attached: Terminal;
  let desktop: Terminal;
  let marcus: Terminal;
  let tmuxServer: string;
  let printed: string;

  beforeAll(async () => {
    [lost, attached, desktop, marcus] = await Promise.all([
      openOver("wes"),
      openOver("wes"),
      openOver("desktop"),
      server.terminalOf("marcus"),
    ]);
    await marcus.waitFor(/marcus@dev-wes/);
    await attached.type("sudo -u wes-agent tmux attach -t work");
    await attached.waitFor("[work]");
    await marcus.type("sudo -u wes-agent tmux attach -t work");
    await marcus.waitFor("[work]");
    // What outlives a closed terminal: a program that left it, a tmux server of the person's own, and one of the agent's beside its own.
    await lost.type("setsid -f sleep 7777; tmux new-session -d 'sleep 8888'");
    await lost.type(
      "sudo -u wes-agent tmux -L beside new-session -d 'sleep 6666'; sudo -u wes-agent sleep 9999",
    );
    await desktop.type("sleep 5555 & echo desktop $((6 * 7))");
    await desktop.waitFor("desktop 42");
    await until(
      async () =>
        (
          await server.root(
            "pgrep -f 'sleep 7777' && pgrep -f 'sleep 8888' && pgrep -u wes-agent -f 'sleep 9999' && pgrep -u wes-agent -fx 'sleep 6666'",
          )
        ).code === 0,
      20,
      () => "The programs of the lost session do not run.",
    );
    tmuxServer = await tmuxServerOfWes();
  });
  afterAll(async () => {
    await Promise.all([lost, attached, desktop, marcus].map((terminal) => terminal.close()));
  });

  it("is not found before it goes: the same document again ends nothing", async () => {
    expect(await server.apply(withKeysOfWes("wes", "desktop"))).toBe("");
    await server.must("pgrep -f 'sleep 7777'");
  });

  it("ends every session that it opened within the promised time, and says why", async () => {
    const started = Date.now();
    printed = await server.apply(withKeysOfWes("desktop"));
    for (const terminal of [lost, attached]) {
      await terminal.waitFor(ended, promisedSeconds - (Date.now() - started) / 1000);
      expect(await terminal.screen()).toContain("the key of this login on dev-wes has been removed");
    }
    figure(
      "lost laptop: sessions ended after the key went",
      `${((Date.now() - started) / 1000).toFixed(1)} s`,
    );
    expect(printed.match(/^ended: wes's connection .* over the key SHA256:/gm)).toHaveLength(2);
  });

  it("leaves nothing of those sessions running", async () => {
    expect(await server.must("pgrep -f 'sleep (6666|7777|8888|9999)' || echo nothing")).toBe("nothing\n");
  });

  it("opens nothing any more, while the other key does", async () => {
    expect((await server.as("wes", "id")).code).toBe(255);
    const other = await openOver("desktop");
    await other.close();
  });

  it("leaves sessions over the person's other key, the lead's, and the agent's tmux server alone", async () => {
    await desktop.type("echo still $((6 * 7))");
    await desktop.waitFor("still 42");
    await server.must("pgrep -f 'sleep 5555'");
    expect(await tmuxServerOfWes()).toBe(tmuxServer);
    await marcus.type("echo here $((6 * 7))");
    await marcus.waitFor("here 42");
  });
});

/** Proves what happens to a session of which the journal knows nothing any more. */
describe("a session whose key is not known any more", () => {
  let desktop: Terminal;
  let marcus: Terminal;

  beforeAll(async () => {
    await server.apply(withKeysOfWes("wes", "desktop"));
    desktop = await openOver("desktop");
    marcus = await server.terminalOf("marcus");
    await marcus.waitFor(/marcus@dev-wes/);
    await server.must(
      "journalctl --rotate --quiet; rm -rf /var/log/journal/*/* /run/log/journal/*/*; systemctl restart systemd-journald",
    );
  });
  afterAll(async () => {
    await Promise.all([desktop, marcus].map((terminal) => terminal.close()));
  });

  it("goes on while no key of that person goes", async () => {
    const document = withKeysOfWes("wes", "desktop");
    const watching = document.sudoers["marcus as wes-agent"]?.replace(
      /ALL$/,
      "/usr/local/lib/team-runtime/watch",
    );
    const sudoers = { ...document.sudoers, "marcus as wes-agent": watching ?? "" };
    expect(await server.apply({ ...document, sudoers })).not.toContain("connection");
    await server.apply(document);
    await desktop.type("echo still $((6 * 7))");
    await desktop.waitFor("still 42");
  });

  it("ends when one goes, for it may be that one's; other people's go on", async () => {
    expect(await server.apply(withKeysOfWes("desktop"))).toContain("over a key that is not known any more");
    await desktop.waitFor(ended, promisedSeconds);
    await marcus.type("echo here $((6 * 7))");
    await marcus.waitFor("here 42");
  });
});

/** Proves that a run that was cut off between the key and its sessions is made good by the next. */
describe("a run that died after it had taken the key away", () => {
  it("is finished by the next one", async () => {
    await server.apply(withKeysOfWes("wes", "desktop"));
    const lost = await openOver("wes");
    const [type = "", base64 = ""] = throwAwayKey("desktop").publicKey.split(" ");
    await server.must(`echo '${type} ${base64} wes' > /etc/ssh/authorized_keys/wes`);
    await server.apply(withKeysOfWes("desktop"));
    await lost.waitFor(ended, promisedSeconds);
    await lost.close();
  });
});
