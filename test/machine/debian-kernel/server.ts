import { lineProgress } from "../../../engine/progress";
import { ensureHostTools } from "../../../sandbox/image/host-tools";
import { timed } from "../../support/figure";
import { freePort } from "../../support/free-port";
import type { TestSandbox } from "../../support/sandbox";
import { copyToDisk } from "../../support/virtual-machine/machine-disk";
import { bootVirtualMachine, type VirtualMachine } from "../../support/virtual-machine/virtual-machine";
import type { PreparedServer } from "../prepared-server";
import { serverAccess, type ServerAccess } from "../server-access";

/** A server as the sandbox made it, on a disk of its own and with Debian's own kernel. */
export interface DebianKernelServer extends ServerAccess, Pick<PreparedServer, "name" | "root"> {
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

  const root: DebianKernelServer["root"] = (command, input) => machine.root(command, input);
  const access = serverAccess({ name, address: "127.0.0.1", root }, port);
  return {
    name,
    root,
    ...access,
    failedUnits: () =>
      access.must(
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
