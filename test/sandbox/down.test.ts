import { existsSync, readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../../engine/run";
import { cgroupDirectories, instanceCgroup } from "../../sandbox/machine/cgroups";
import { namespacesOf } from "../../sandbox/network/network";
import { startSandbox, type TestSandbox } from "../support/sandbox";

/** Proves that a removed sandbox leaves nothing on the host, also when its daemon had crashed. */
describe("removing a sandbox", () => {
  let sandbox: TestSandbox;
  let bystander: TestSandbox;

  beforeAll(async () => {
    bystander = await startSandbox("bystander");
    sandbox = await startSandbox("removed");
    await sandbox.boot("dev-wes");
  });
  afterAll(async () => {
    await sandbox.remove();
    await bystander.remove();
  });

  /** Everything on this host that bears the sandbox's mark. */
  async function traces(): Promise<Readonly<Record<string, readonly string[]>>> {
    const { number, directory, name } = sandbox.instance;
    const lines = (text: string): readonly string[] => text.split("\n").filter((line) => line !== "");
    const mounts = lines(readFileSync("/proc/self/mounts", "utf8"));
    const routes = lines((await run("ip", ["route", "show", "table", "all"])).stdout);
    const links = lines((await run("ip", ["-oneline", "link", "show"])).stdout);
    const listening = lines((await run("ss", ["--listening", "--tcp", "--numeric", "--no-header"])).stdout);
    return {
      processes: commandLines().filter((line) => line.includes(directory) || line.includes(` ${name} `)),
      namespaces: namespacesOf(number),
      cgroups: cgroupDirectories(instanceCgroup(number)),
      mounts: mounts.filter(
        (line) => line.includes(directory) || line.includes(`team-runtime-${String(number)}`),
      ),
      links: links.filter((line) => line.includes(` sandbox-${String(number)}@`)),
      routes: routes.filter((line) => line.includes(`127.77.${String(number)}.`)),
      listening: listening.filter((line) => line.includes(`127.77.${String(number)}.`)),
      files: existsSync(directory) ? [directory] : [],
    };
  }

  const nothing = {
    processes: [],
    namespaces: [],
    cgroups: [],
    mounts: [],
    links: [],
    routes: [],
    listening: [],
    files: [],
  };

  it("finds traces while it runs, of every kind that is looked for", async () => {
    for (const [kind, found] of Object.entries(await traces())) expect(found, kind).not.toEqual([]);
  });

  it("leaves none, although the daemon was killed; again is no error; the other sandbox is untouched", async () => {
    await sandbox.killDaemon();
    await sandbox.remove();
    expect(await traces()).toEqual(nothing);
    await sandbox.remove();
    expect(await traces()).toEqual(nothing);
    expect(await bystander.api("/servers")).toMatchObject({ servers: [] });
  });
});

function commandLines(): readonly string[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map((pid) => {
      try {
        return `${readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")} `;
      } catch {
        return "";
      }
    });
}
