import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { figure } from "../support/figure";
import { startSandbox, type TestSandbox } from "../support/sandbox";
import type { Terminal } from "../support/terminal";
import { until } from "../support/until";
import { bootPreparedServer, wesLedByMarcus, type PreparedServer } from "./prepared-server";

const watch = "/usr/local/lib/team-runtime/watch";

/** Seconds to wait for a screen: other tests may keep the machine busy. */
const patience = 60;

let sandbox: TestSandbox;
let server: PreparedServer;

beforeAll(async () => {
  sandbox = await startSandbox("watch");
  server = await bootPreparedServer(sandbox, "dev-wes");
  const document = wesLedByMarcus("dev-wes");
  const line = `marcus ALL=(wes-agent) NOPASSWD:NOSETENV: ${watch}`;
  await server.apply({ ...document, sudoers: { ...document.sudoers, "marcus as wes-agent": line } });
  await agentTmux("new-session -d -s work -x 120 -y 40 -c /tmp 'cat -u'");
  await agentTmux("new-session -d -s private -c / 'cat -u'");
});

afterAll(() => sandbox.remove());

const agentTmux = (command: string): Promise<string> => server.must(`sudo -u wes-agent tmux ${command}`);
const asMarcus = (words: string) => server.as("marcus", words);
const watching = (words: string) => asMarcus(`sudo -n -u wes-agent ${watch} ${words}`);

/** All that a watcher could have changed: the server, its sessions, windows, panes, buffers, and what stands on them. */
async function everything(): Promise<string> {
  return server.must(
    [
      "systemctl show -p MainPID --value agent-tmux@wes-agent",
      "t='sudo -u wes-agent tmux'",
      "$t list-panes -a -F '#{session_name} #{window_id} #{pane_id} #{pane_pid} #{window_width}x#{window_height} #{pane_mode} #{pane_dead}'",
      "$t list-buffers; $t show-environment -g; $t show-environment -t work; $t show-options -g",
      "for pane in $($t list-panes -a -F '#{pane_id}'); do $t capture-pane -p -t $pane; done",
    ].join("; "),
  );
}

async function openWatch(before = "", shown: string | RegExp = "[work]"): Promise<Terminal> {
  const terminal = await server.terminalOf("marcus");
  await terminal.waitFor("marcus@dev-wes", patience);
  await terminal.type(`${before}sudo -u wes-agent ${watch} work`);
  await terminal.waitFor(shown, patience);
  return terminal;
}

describe("a lead whose grant is to watch", () => {
  test("lists the sessions", async () => {
    expect((await watching("list")).stdout).toBe("private\nwork\n");
    expect((await watching("sessions")).stdout).toMatch(/^private\t0\t1\t\d+\t\d+\nwork\t0\t1\t\d+\t\d+\n$/);
    expect((await watching("panes work")).stdout).toMatch(/^1\t\d+\tcat\t\/tmp\n$/);
  });

  test("sees what stands in a session, as it changes, and leaves with q", async () => {
    const terminal = await openWatch();
    await agentTmux("send-keys -t work 'written by the agent' Enter");
    await terminal.waitFor("written by the agent");
    await terminal.press("q");
    await terminal.waitFor(/~\$$/m, patience);
    await terminal.type("echo back at $((40 + 2))");
    await terminal.waitFor("back at 42");
    await terminal.close();
  });

  test("has no say in the size of the window while somebody else is attached", async () => {
    const wes = await server.terminalOf("wes");
    await wes.waitFor("wes@dev-wes", patience);
    await wes.type("stty cols 90 rows 25; sudo -u wes-agent tmux attach -t work");
    await wes.waitFor("[work]", patience);
    const size = () => agentTmux("display-message -p -t work '#{window_width}x#{window_height}'");
    const before = await size();
    const terminal = await openWatch();
    expect(await size()).toBe(before);
    await terminal.close();
    await wes.close();
  });

  test("alone in a tiny terminal leaves the agent a usable one", async () => {
    const terminal = await openWatch("stty cols 3 rows 2; ", /marcus@dev-wes/);
    await until(
      async () =>
        (await agentTmux("display-message -p -t work '#{window_width}x#{window_height}'")) === "80x23\n",
      10,
      () => "The window did not keep the least size.",
    );
    await terminal.close();
  });

  test.each(["id", "tmux ls", `${watch}-terminal work`, `sh -c '${watch} list'`, "/bin/bash"])(
    "may not run `%s` as the agent",
    async (command) => {
      const { code, stdout } = await asMarcus(`sudo -n -u wes-agent ${command}`);
      expect(code).not.toBe(0);
      expect(stdout).toBe("");
    },
  );
});

/** What the keyboard of a watcher can send. None of it may reach tmux. */
const keyboard: readonly (readonly [what: string, keys: string])[] = [
  ["text", "typed by marcus\r"],
  ["Ctrl-D, Ctrl-Z and Ctrl-\\", "\x04\x1a\x1c"],
  ["tmux's command prompt", "\x02:kill-server\r"],
  ["a new window", "\x02c"],
  ["killing the pane", "\x02xy"],
  ["killing the window", "\x02&y"],
  ["splitting", '\x02"\x02%'],
  ["renaming the session", "\x02$taken\r"],
  ["choosing another session", "\x02s\r\x02)\x02(\x02L"],
  ["choosing a client to detach", "\x02D\r"],
  ["suspending the client", "\x02\x1a"],
  ["copy mode and a pipe out of it", "\x02[ \x1b[A\x1b[A|touch /tmp/piped\r"],
  ["a mouse", "\x1b[<0;5;5M\x1b[<0;5;5m\x1b[<64;5;5M"],
  ["a paste", "\x1b[200~pasted by marcus\r\x1b[201~"],
  ["a clipboard, as if tmux had asked for it", "\x1b]52;c;dHlwZWQgYnkgbWFyY3Vz\x07"],
  ["what the agent bound to leave the read-only mode", "\x1bOP\x02Wtyped by marcus\r"],
  ["what the agent bound to run a program", "\x1bOQ\x02R"],
];

test("nothing that a watcher types reaches tmux, whatever the agent has bound the keys to", async () => {
  await agentTmux("bind-key -n F1 switch-client -r");
  await agentTmux("bind-key W switch-client -r");
  await agentTmux("bind-key -n F2 detach-client -E 'touch /tmp/detached'");
  await agentTmux("bind-key R run-shell 'touch /tmp/run'");
  await agentTmux("set-option -g mouse on");
  const terminal = await openWatch();
  const before = await everything();
  for (const [, keys] of keyboard) await terminal.send(keys);
  // What is typed arrives in order: once the agent's answer to a later event is on the screen, all of it has been read.
  await agentTmux("send-keys -t work 'still here' Enter");
  await terminal.waitFor("still here", patience);
  await terminal.press("q");
  await terminal.waitFor(/~\$$/m, patience);
  const after = await everything();
  expect(after.replaceAll(/^still here\n/gm, "").trim()).toBe(before.trim());
  expect(await server.must("ls /tmp")).not.toMatch(/piped|detached|run$/m);
  await terminal.close();
  figure("keys of a watcher that were tried", String(keyboard.length));
});

test("Ctrl-C and Ctrl-b d leave too, and end nothing of the agent's", async () => {
  const before = await everything();
  for (const keys of [["C-c"], ["C-b", "d"]]) {
    const terminal = await openWatch();
    if (keys.length === 1) await terminal.press(...keys);
    else await terminal.send("\x02d");
    await terminal.waitFor(/~\$$/m, patience);
    await terminal.close();
  }
  expect(await everything()).toBe(before);
});

/** What might be taken for an option, a target in another form, a pattern, or a command. */
const wrongWords: readonly string[] = [
  "-V",
  "--help",
  "'work;kill-server'",
  "'work ; kill-server'",
  "';' kill-server",
  "'$0'",
  "@0",
  "%0",
  "=work",
  "work:0",
  "work.0",
  "wor",
  "'w*'",
  "'{last}'",
  "''",
  "list work",
  "panes",
  "panes -a",
  "'panes work'",
  "panes work -F '#(touch /tmp/run)'",
  "'#(touch /tmp/run)'",
];

test("names of sessions are no options, targets, patterns or commands", async () => {
  const before = await everything();
  for (const words of wrongWords) {
    const { code, stdout, stderr } = await watching(words);
    expect({ words, code: code !== 0, stdout }).toEqual({ words, code: true, stdout: "" });
    expect(stderr).toMatch(/^watch: /);
  }
  expect(await everything()).toBe(before);
  figure("names of sessions that were refused", String(wrongWords.length));
});

test("nothing of a watcher's environment reaches tmux or the agent's sessions", async () => {
  const hostile = [
    "TERM=../../../tmp/evil",
    "TERMINFO=/tmp",
    "DISPLAY=evil:0",
    "XAUTHORITY=/tmp/evil",
    "SSH_AUTH_SOCK=/tmp/evil",
    "TMUX=/tmp/evil,1,0",
    "TMUX_PANE=%0",
    "TMUX_TMPDIR=/tmp",
    "SHELL=/tmp/evil",
    "LANG=/tmp/evil",
    "LC_ALL=evil",
    "HOME=/tmp",
    "PATH=/tmp:/usr/bin:/bin",
  ];
  await server.must(
    "printf '#!/bin/sh\\ntouch /tmp/taken\\n' > /tmp/tmux && chmod 755 /tmp/tmux && cp /tmp/tmux /tmp/id",
  );
  const before = await everything();
  const terminal = await openWatch(`env ${hostile.join(" ")} `);
  const environment = await server.must(
    "tr '\\0' '\\n' < /proc/$(pgrep -u wes-agent -f 'tmux .*attach-session')/environ | sort",
  );
  expect(environment.trim().split("\n")).toEqual([
    "HOME=/nonexistent",
    "LC_ALL=C.UTF-8",
    "PATH=/usr/bin:/bin",
    "TERM=xterm",
    "TMUX_TMPDIR=/run/agents",
  ]);
  await terminal.press("q");
  await terminal.waitFor(/~\$$/m, patience);
  await terminal.close();
  expect(await everything()).toBe(before);
  expect(await server.must("ls /tmp")).not.toContain("taken");
  expect((await asMarcus(`sudo -n -u wes-agent LD_PRELOAD=/tmp/x.so ${watch} list`)).code).not.toBe(0);
  await server.must("rm /tmp/tmux /tmp/id");
});

describe("the records", () => {
  const records = () => server.must("find /var/log/sudo-io/marcus -name log.json | wc -l");
  const lines = () =>
    server.must("journalctl --output=cat --no-pager | grep -c 'marcus : .*COMMAND' || true");

  test("of a watcher's look are kept under the watcher's name", async () => {
    const terminal = await openWatch();
    await terminal.press("q");
    await terminal.waitFor(/~\$$/m, patience);
    await terminal.close();
    const said = await server.must(
      "journalctl --output=cat --no-pager | grep 'marcus : .*COMMAND' | tail -n 1",
    );
    expect(said).toMatch(/USER=wes-agent ; .*COMMAND=\/usr\/local\/lib\/team-runtime\/watch work ; EXIT=/);
    expect(await server.must("sudoreplay -d /var/log/sudo-io/marcus -l")).toContain(`${watch} work`);
  });

  test("are not flooded by listing", async () => {
    const before = [await records(), await lines()];
    for (const words of ["may", "list", "sessions", "panes work"]) await watching(words);
    expect([await records(), await lines()]).toEqual(before);
  });
});

test("without the agent's tmux server there is nothing to watch, and none is started", async () => {
  await server.must("systemctl stop agent-tmux@wes-agent");
  for (const words of ["list", "sessions", "panes work", "work", ""]) {
    const { code, stderr } = await watching(words);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^watch: (the tmux server of wes-agent is not running|wes-agent has no session named work)/,
    );
  }
  expect(await server.must("pgrep -u wes-agent -c . || true")).toBe("0\n");
  await server.must("systemctl start agent-tmux@wes-agent");
});

test("a watcher's terminal ends with the session", async () => {
  await agentTmux("new-session -d -s work 'cat -u'");
  const terminal = await openWatch();
  await agentTmux("kill-session -t work");
  await terminal.waitFor(/~\$$/m, patience);
  await terminal.close();
});
