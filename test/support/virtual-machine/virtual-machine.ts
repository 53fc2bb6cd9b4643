import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { ProgramResult } from "../../../engine/run";
import { until } from "../until";
import type { MachineDisk } from "./machine-disk";

/** A machine with a kernel of its own, where the sandbox's machines have this host's. */
export interface VirtualMachine {
  /** Port of 127.0.0.1 that leads to its sshd. */
  readonly sshPort: number;
  /** A command as root, by a shell of the machine; one after the other. */
  root(command: string, input?: string): Promise<ProgramResult>;
  /** Shuts it down as its power button does, and waits until it is off. The disk can be booted again. */
  powerOff(): Promise<void>;
  /** Cuts its power. */
  kill(): Promise<void>;
}

/** Emulation takes minutes where a processor takes seconds. */
const bootSeconds = 300;
const commandSeconds = 180;

/**
 * Boots a disk in QEMU; nothing but `sshPort` leads into it, and nothing out. By emulation, also where the host offers hardware
 * virtualization: in a machine that is virtual itself that may be there and not work.
 */
export async function bootVirtualMachine(
  { disk, kernel, initialRamDisk }: MachineDisk,
  sshPort: number,
): Promise<VirtualMachine> {
  const consoleLog = `${disk}.console`;
  const child = spawn(
    "qemu-system-x86_64",
    [
      ...["-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", "1024"],
      ...["-display", "none", "-monitor", "none", "-no-reboot"],
      ...["-nic", `user,model=virtio,restrict=on,hostfwd=tcp:127.0.0.1:${String(sshPort)}-:22`],
      ...["-serial", "stdio", "-serial", `file:${consoleLog}`],
      ...["-drive", `file=${disk},if=virtio,format=raw,cache=writeback`],
      ...["-kernel", kernel, "-initrd", initialRamDisk],
      ...["-append", "root=/dev/vda rw console=ttyS1 net.ifnames=0 cloud-init=disabled"],
    ],
    { stdio: ["pipe", "pipe", "pipe"] },
  );
  let printed = "";
  let complaints = "";
  let isOff = false;
  child.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (complaints += text));
  child.stdin.on("error", () => undefined);
  child.on("error", (error) => (complaints += error.message));
  child.on("close", () => (isOff = true));

  const lastWords = (): string =>
    `${complaints}${printed.slice(-1000)}\n${readFileSync(consoleLog, "utf8").slice(-4000)}`;
  const line = async (seconds: number, waitingFor: string): Promise<string> => {
    await until(
      () => Promise.resolve(isOff || printed.includes("\n")),
      seconds,
      () => `${waitingFor}: nothing came. The machine's last words:\n${lastWords()}`,
    );
    const end = printed.indexOf("\n");
    if (end < 0) throw new Error(`${waitingFor}: the machine went off. Its last words:\n${lastWords()}`);
    const found = printed.slice(0, end);
    printed = printed.slice(end + 1);
    return found;
  };
  const send = (command: string, input: string): void => {
    child.stdin.write(`${encode(command)} ${encode(input)}\n`);
  };
  let earlier: Promise<unknown> = line(bootSeconds, "booting");
  const root = (command: string, input = ""): Promise<ProgramResult> => {
    const answer = earlier.then(async () => {
      send(command, input);
      const [code, stdout = "", stderr = ""] = (await line(commandSeconds, command)).split(" ");
      return { code: Number(code), stdout: decode(stdout), stderr: decode(stderr) };
    });
    earlier = answer.catch(() => undefined);
    return answer;
  };
  const kill = async (): Promise<void> => {
    if (isOff) return;
    child.kill("SIGKILL");
    await once(child, "close");
  };
  await earlier.catch(async (error: unknown) => {
    await kill();
    throw error;
  });
  return {
    sshPort,
    root,
    powerOff: async () => {
      await earlier;
      send("systemctl poweroff", "");
      await until(() => Promise.resolve(isOff), bootSeconds, lastWords);
    },
    kill,
  };
}

const encode = (text: string): string => Buffer.from(text).toString("base64");
const decode = (base64: string): string => Buffer.from(base64, "base64").toString();
