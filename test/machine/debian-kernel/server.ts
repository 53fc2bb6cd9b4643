import { lineProgress } from "../../../engine/progress";
import { run } from "../../../engine/run";
import { ensureHostTools } from "../../../sandbox/image/host-tools";
import { timed } from "../../support/figure";
import { freePort } from "../../support/free-port";
import { plainSsh } from "../../support/laptop";
import { openLiveSession } from "../../support/live-session";
import type { TestSandbox } from "../../support/sandbox";
import { throwAwayKey } from "../../support/throw-away-key";
import { copyToDisk } from "../../support/virtual-machine/machine-disk";
import { bootVirtualMachine, type VirtualMachine } from "../../support/virtual-machine/virtual-machine";
import type { PreparedServer } from "../prepared-server";

/** A server as the sandbox made it, on a disk of its own and with Debian's own kernel. */
export interface DebianKernelServer extends Pick<
  PreparedServer,
  "name" | "root" | "must" | "apply" | "as" | "sessionOf"
> {
  /** What the journal says of units that failed since it started. */
  failedUnits(): Promise<string>;
  /** Shuts it down, or cuts its power, and starts it again. */
  restart(how: "shut down" | "power cut"): Promise<void>;
  remove(): Promise<void>;
}

/** Packages of the kernel, and of what a machine without a network cannot install by itself. */
const packages = "linux-image-cloud-amd64 quota";

/** Copies a server to a virtual machine. The original goes on. */
export async function onDebianKernel(
  sandbox: TestSandbox,
  original: PreparedServer,
): Promise<DebianKernelServer> {
  const { name } = original;
  await ensureHostTools(lineProgress(), {
    "qemu-system-x86_64": "qemu-system-x86",
    "mkfs.ext4": "e2fsprogs",
  });
  await original.must(
    `apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install ${packages}`,
  );
  const disk = await copyToDisk((command) => sandbox.console(name, command));
  const port = await freePort();
  const boot = (): Promise<VirtualMachine> =>
    timed("start of a virtual machine", () => bootVirtualMachine(disk, port));
  let machine = await boot();

  const ssh = (person: string): readonly string[] => [
    "-p",
    String(port),
    ...plainSsh(throwAwayKey(person).file, `${person}@127.0.0.1`),
  ];
  const root: DebianKernelServer["root"] = (command, input) => machine.root(command, input);
  const must: DebianKernelServer["must"] = async (command, input) => {
    const { code, stdout, stderr } = await root(command, input);
    if (code !== 0) throw new Error(`${name}: ${command} ended with ${String(code)}: ${stdout}${stderr}`);
    return stdout;
  };
  return {
    name,
    root,
    must,
    apply: (document) => must("/usr/local/lib/team-runtime/apply-access", JSON.stringify(document)),
    as: (person, command) => run("ssh", [...ssh(person), command]),
    sessionOf: (person, options, command) =>
      openLiveSession("ssh", [...options, ...ssh(person), ...(command === undefined ? [] : [command])]),
    failedUnits: () =>
      must(
        "systemctl --failed --no-legend --plain | while read -r unit _; do journalctl --boot --quiet --no-pager --unit $unit; done",
      ),
    restart: async (how) => {
      await (how === "shut down" ? machine.powerOff() : machine.kill());
      machine = await boot();
    },
    remove: async () => {
      await machine.kill();
      await disk.remove();
    },
  };
}
