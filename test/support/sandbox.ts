import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { lineProgress } from "../../engine/progress";
import { run, type ProgramResult } from "../../engine/run";
import { consoleCommand } from "../../sandbox/commands/root";
import { ensureDaemon } from "../../sandbox/daemon-process";
import { runningDaemon } from "../../sandbox/daemon-record";
import { chooseDriver } from "../../sandbox/drivers/choose-driver";
import type { Driver } from "../../sandbox/drivers/driver";
import { ensureHostTools } from "../../sandbox/image/host-tools";
import { apiEndpoint, openInstance, type Instance } from "../../sandbox/instance/instance";
import { signal } from "../../sandbox/machine/process-identity";
import { removeInstance } from "../../sandbox/remove-instance";
import { until } from "./until";

/** A sandbox of a test's own: the local Hetzner and its machines, without Pulumi. */
export interface TestSandbox {
  readonly instance: Instance;
  readonly driver: Driver;
  /** Boots a bare machine and waits until it can be logged in to and cloud-init is done. */
  boot(name: string, options?: BootOptions): Promise<TestMachine>;
  /** A request to the API, `POST` with a body, else `GET`; must succeed. */
  api(path: string, body?: unknown): Promise<unknown>;
  /** The words of a program on this host that runs a command as root in a machine. */
  console(server: string, command: readonly string[]): Promise<readonly [string, ...string[]]>;
  /** Ends the daemon as a crash does; machines go on. */
  killDaemon(): Promise<void>;
  /** What `npm run sandbox` does to get the daemon running. */
  startDaemon(options?: { readonly offline: boolean }): Promise<void>;
  /** Removes it all. */
  remove(): Promise<void>;
}

/** How a bare machine is made. */
export interface BootOptions {
  /** cloud-init user_data; none by default. */
  readonly userData?: string;
  /** Id of a snapshot; `debian-12` by default. */
  readonly image?: string | number;
}

/** A machine of a test's sandbox. */
export interface TestMachine {
  readonly id: number;
  readonly name: string;
  readonly address: string;
  /** A command over SSH from the host, by key; `login` is root by default. */
  ssh(command: string, login?: string): Promise<ProgramResult>;
  /** A command as root past sshd, by a shell of the machine. */
  root(command: string, input?: string): Promise<ProgramResult>;
  /** Waits until a login by key works. */
  untilReachable(): Promise<void>;
}

const bootSeconds = 60;
const progress = lineProgress();

/** Starts a sandbox for a test, apart from every other: its name ends in the number of the test's process. */
export async function startSandbox(
  label: string,
  options: { readonly offline: boolean } = { offline: false },
): Promise<TestSandbox> {
  const name = `test-${label}-${String(process.pid)}`;
  const driver = await chooseDriver(name);
  await ensureHostTools(progress, driver.hostTools);
  const image = await driver.ensureImage(progress);
  const instance = await openInstance(name);
  const key = await makeKey(instance);
  await ensureDaemon(instance, driver, image, options.offline);

  const api = async (path: string, body?: unknown): Promise<unknown> => {
    const answer = await fetch(`${apiEndpoint(instance)}${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: { Authorization: `Bearer ${"0".repeat(64)}`, "Content-Type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${String(answer.status)} ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  };
  await api("/ssh_keys", { name: "test", public_key: readFileSync(`${key}.pub`, "utf8").trim() });

  const console = (server: string, command: readonly string[]): ReturnType<typeof consoleCommand> =>
    consoleCommand(instance, driver, server, command);

  return {
    instance,
    driver,
    api,
    console,
    async boot(server, { userData = "", image: bootImage = "debian-12" } = {}) {
      const answer = (await api("/servers", {
        name: server,
        server_type: "cx22",
        image: bootImage,
        ssh_keys: ["test"],
        user_data: userData,
      })) as { server: { id: number; public_net: { ipv4: { ip: string } } } };
      const { id, public_net } = answer.server;
      const machine = describeMachine(console, key, id, server, public_net.ipv4.ip);
      await machine.untilReachable();
      await machine.root("cloud-init status --wait");
      return machine;
    },
    async killDaemon() {
      const daemon = runningDaemon(instance);
      if (daemon === undefined) throw new Error("There is no daemon to kill.");
      signal(daemon, "SIGKILL");
      await until(
        async () => Promise.resolve(runningDaemon(instance) === undefined),
        5,
        () => "The daemon lives on.",
      );
    },
    startDaemon: ({ offline } = options) => ensureDaemon(instance, driver, image, offline),
    remove: () => removeInstance(instance, driver),
  };
}

function describeMachine(
  console: TestSandbox["console"],
  key: string,
  id: number,
  name: string,
  address: string,
): TestMachine {
  const ssh = (command: string, login = "root"): Promise<ProgramResult> =>
    run("ssh", [...sshOptions(key), `${login}@${address}`, command]);
  return {
    id,
    name,
    address,
    ssh,
    async root(command, input = "") {
      const [program, ...args] = await console(name, ["bash", "-c", command]);
      return run(program, args, { input });
    },
    async untilReachable() {
      let last = "";
      await until(
        async () => {
          const { code, stderr } = await ssh("true");
          last = stderr;
          return code === 0;
        },
        bootSeconds,
        () => `${name} (${address}) cannot be logged in to: ${last}`,
      );
    },
  };
}

/** A bare machine's host key is its own business here; what the tests prove about host keys goes through the program. */
function sshOptions(key: string): readonly string[] {
  const options = [
    "StrictHostKeyChecking=no",
    "UserKnownHostsFile=/dev/null",
    "LogLevel=ERROR",
    "BatchMode=yes",
    "ConnectTimeout=5",
    "IdentitiesOnly=yes",
  ];
  return ["-F", "none", "-i", key, ...options.flatMap((option) => ["-o", option])];
}

async function makeKey(instance: Instance): Promise<string> {
  await mkdir(instance.directory, { recursive: true });
  const key = join(instance.directory, "test-key");
  const { code, stderr } = await run("ssh-keygen", [
    "-q",
    "-t",
    "ed25519",
    "-N",
    "",
    "-C",
    "test",
    "-f",
    key,
  ]);
  if (code !== 0) throw new Error(stderr);
  return key;
}
