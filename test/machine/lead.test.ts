import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { watchCommand } from "../../components/sudoers";
import { startSandbox, type TestSandbox } from "../support/sandbox";
import type { Terminal } from "../support/terminal";
import {
  bootPreparedServer,
  wesLedByMarcus,
  type AccessDocument,
  type PreparedServer,
} from "./prepared-server";

const applier = "/usr/local/lib/team-runtime/apply-access";
const watch = `sudo -n -u wes-agent ${watchCommand}`;
const attachable = wesLedByMarcus("dev-wes");
const watchable: AccessDocument = {
  ...attachable,
  sudoers: {
    ...attachable.sudoers,
    "marcus as wes-agent": `marcus ALL=(wes-agent) NOPASSWD:NOSETENV: ${watchCommand}`,
  },
};

let sandbox: TestSandbox;
let server: PreparedServer;

const withoutMarcus = <Value>(entries: Readonly<Record<string, Value>>): Record<string, Value> =>
  Object.fromEntries(Object.entries(entries).filter(([name]) => !name.startsWith("marcus")));

/** What stands in the session `work` of Wes's agent. */
const work = (): Promise<string> => server.must("sudo -u wes-agent tmux capture-pane -p -t =work:");

beforeAll(async () => {
  sandbox = await startSandbox("lead");
  server = await bootPreparedServer(sandbox, "dev-wes");
  await server.apply(watchable);
  await server.must("sudo -u wes-agent tmux new-session -d -s work");
  await server.must("sudo -u wes-agent tmux new-session -d -s other");
});
afterAll(async () => {
  await sandbox.remove();
});

/** Proves that watching is looking, and nothing more. */
describe("a lead who may only watch", () => {
  let marcus: Terminal;

  beforeAll(async () => {
    marcus = await server.terminalOf("marcus");
    await marcus.waitFor(/marcus@dev-wes/);
  });
  afterAll(() => marcus.close());

  it("is told which sessions there are", async () => {
    expect(await server.as("marcus", `${watch} list`)).toMatchObject({ code: 0, stdout: "other\nwork\n" });
  });

  it.each([
    "id",
    "/bin/sh",
    "tmux ls",
    "tmux attach -t work",
    `${watchCommand}-not`,
    `/bin/sh ${watchCommand}`,
  ])("may not run %s as the agent", async (command) => {
    expect((await server.as("marcus", `sudo -n -u wes-agent ${command}`)).code).not.toBe(0);
  });

  it("names a session exactly: no part of a name, and no pattern", async () => {
    await marcus.type(`${watch} wor; echo ended-$?`);
    await marcus.waitFor("ended-1");
    expect(await marcus.screen()).toContain("no session named wor");
    await marcus.type(`${watch} 'w*'; echo ended-$?`);
    await marcus.waitFor("ended-2");
  });

  it("sees what happens, and nothing that he types arrives", async () => {
    await marcus.type(`${watch} work`);
    await marcus.waitFor("[work]");
    await marcus.type("echo typed-by-marcus");
    await server.must("sudo -u wes-agent tmux send-keys -t =work: 'echo shown-$((6 * 7))' Enter");
    await marcus.waitFor("shown-42");
    expect(await work()).not.toContain("typed-by-marcus");
  });

  it("runs none of the agent's dotfiles on his terminal", async () => {
    for (const file of [".profile", ".bash_profile", ".bashrc", ".tmux.conf"])
      await server.must(
        `echo 'touch /tmp/dotfile; run-shell "touch /tmp/dotfile"' > /home/wes-agent/${file}`,
      );
    expect((await server.as("marcus", `${watch} list`)).code).toBe(0);
    expect((await server.root("ls /tmp/dotfile")).code).not.toBe(0);
  });
});

/** Proves that a grant that is narrowed is narrow for terminals that are open, also when the applier died in between. */
describe("a lead whose grant is narrowed to watching", () => {
  it("loses the terminal in which he could type, however often the applier dies on the way", async () => {
    await server.apply(attachable);
    const marcus = await server.terminalOf("marcus");
    await marcus.waitFor(/marcus@dev-wes/);
    await marcus.type("sudo -u wes-agent tmux attach -t work");
    await marcus.waitFor("[work]");
    await server.must("echo 1 > /run/team-runtime/stop-after-step");
    expect((await server.root(applier, JSON.stringify(watchable))).code).not.toBe(0);
    expect(await server.apply(watchable)).toContain("ended: marcus's command as wes-agent");
    await marcus.waitFor(/your access as wes-agent on dev-wes has ended/);
    expect(await work()).toContain("shown-42");
    expect((await server.as("marcus", `${watch} list`)).code).toBe(0);
    await marcus.close();
  });
});

/** Proves that a home goes where only root looks. */
describe("a lead who is not there any more", () => {
  it("has left a home that only root can read", async () => {
    await server.must("runuser -u marcus -- sh -c 'echo precious > ~/notes'");
    const { accounts, keys, sudoers } = attachable;
    await server.apply({
      ...attachable,
      accounts: withoutMarcus(accounts),
      keys: withoutMarcus(keys),
      sudoers: withoutMarcus(sudoers),
    });
    const archive = (await server.must("ls /var/lib/team-runtime/archive/marcus-20300-*.tar.gz")).trim();
    expect(await server.must(`tar -xOzf ${archive} marcus/notes`)).toBe("precious\n");
    expect(await server.must(`stat -c '%a %U' ${archive}`)).toBe("600 root\n");
    for (const login of ["wes", "wes-agent", "nobody"])
      expect((await server.root(`runuser -u ${login} -- cat ${archive}`)).code, login).not.toBe(0);
    expect((await server.root("ls -d /home/marcus /home/.marcus*")).stdout).toBe("");
    expect(await server.must("find / -xdev -nouser -o -xdev -nogroup")).toBe("");
  });
});
