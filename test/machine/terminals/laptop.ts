import { readFileSync } from "node:fs";
import { renderSshConfig } from "../../../components/ssh-client-config";
import { plan } from "../../../config/plan";
import type { TerminalName } from "../../../config/terminals";
import { changed, teamOf } from "../../config/sample";
import type { TestMachine, TestSandbox } from "../../support/sandbox";
import { openTerminal, type Terminal } from "../../support/terminal";
import { throwAwayKey } from "../../support/throw-away-key";
import type { PreparedServer } from "../prepared-server";
import { relay } from "./package";

/** A machine of its own in the sandbox's network, from which people come: UDP and TCP go through the server's firewall. */
export interface Laptop {
  /** Opens a terminal with a program of the laptop, such as `mosh dev-wes`. */
  open(...command: readonly string[]): Promise<Terminal>;
  /** A command on the laptop; its exit code. */
  run(command: string): Promise<number | null>;
}

/**
 * Boots it, with mosh, the stand-in of et, and what `team ssh-config` prints for Wes. `marcus` is an alias for Marcus on the
 * same server, and `desktop` for Wes with his other key.
 */
export async function bootLaptop(
  sandbox: TestSandbox,
  server: PreparedServer,
  terminal: TerminalName,
): Promise<Laptop> {
  const machine = await sandbox.boot("laptop");
  await must(machine, "apt-get -qq update && apt-get -qq -y --no-install-recommends install mosh >/dev/null");
  const team = teamOf(changed("agents: [claude]\n", `agents: [claude]\n  terminal: ${terminal}\n`));
  const own = plan(team).servers.find(({ name }) => name === server.name);
  if (own === undefined) throw new Error(`No server ${server.name}.`);
  const { config, knownHosts } = renderSshConfig("wes", own, server);
  const common = `  HostName ${server.address}\n  HostKeyAlias ${server.name}\n  UserKnownHostsFile ~/.ssh/team-runtime-known-hosts\n`;
  const others = Object.entries({ desktop: "wes", marcus: "marcus" }).map(
    ([alias, login]) => `Host ${alias}\n  User ${login}\n  IdentityFile ~/.ssh/${alias}\n${common}`,
  );
  await must(machine, "install -d -m 700 /root/.ssh");
  await must(
    machine,
    "cat >/root/.ssh/config",
    [config, "  IdentityFile ~/.ssh/wes\n", ...others].join("\n"),
  );
  await must(machine, "cat >/root/.ssh/team-runtime-known-hosts", knownHosts);
  for (const key of ["wes", "desktop", "marcus"])
    await must(machine, `umask 077; cat >/root/.ssh/${key}`, throwAwayKey(key).privateKey);
  await must(machine, "cat >/usr/local/bin/et && chmod 755 /usr/local/bin/et", readFileSync(relay, "utf8"));
  return {
    open: async (...command) =>
      openTerminal(await sandbox.console("laptop", ["env", "TERM=xterm-256color", ...command]), process.env),
    run: async (command) => (await machine.root(command)).code,
  };
}

async function must(machine: TestMachine, command: string, input = ""): Promise<void> {
  const { code, stdout, stderr } = await machine.root(command, input);
  if (code !== 0) throw new Error(`laptop: ${command} ended with ${String(code)}: ${stdout}${stderr}`);
}
