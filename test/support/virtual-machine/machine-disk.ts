import { cp, mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runOrThrow } from "../../../sandbox/run-or-throw";

/** A disk with a machine's root file system on it, and the kernel that starts it. */
export interface MachineDisk {
  /** A raw image of an ext4 file system, without partitions. */
  readonly disk: string;
  readonly kernel: string;
  readonly initialRamDisk: string;
  remove(): Promise<void>;
}

const shell = "serial-shell";
const diskSize = "4G";

/**
 * Copies all that is on a machine of the sandbox to a disk of its own, as ext4. The machine must have a kernel installed
 * (`linux-image-cloud-amd64`). It gets a shell on its first serial line besides.
 *
 * @param console The words of a program on this host that runs a command in the machine.
 */
export async function copyToDisk(
  console: (command: readonly string[]) => Promise<readonly string[]>,
): Promise<MachineDisk> {
  const folder = await mkdtemp(join(tmpdir(), "machine-disk-"));
  const root = join(folder, "root");
  const archived = ["--acls", "--xattrs", "--xattrs-include=*"];
  const words = await console(["tar", "--create", "--one-file-system", ...archived, "--directory=/", "."]);
  // tar ends with 1 when a file changed while it was read: the machine runs, and writes its logs.
  const unpack =
    'set -o pipefail; mkdir "$1"; cd "$1"; shift; { "$@" || test $? -eq 1; } | tar --extract --acls --xattrs --xattrs-include="*"';
  await runOrThrow("bash", ["-c", unpack, "bash", root, ...words]);
  await addShell(root);

  const boot = join(root, "boot");
  const kernelFile = async (prefix: string): Promise<string> => {
    const name = (await readdir(boot)).find((file) => file.startsWith(prefix));
    if (name === undefined) throw new Error(`The machine has no ${prefix}* in /boot: it has no kernel.`);
    const file = join(folder, prefix);
    await cp(join(boot, name), file);
    return file;
  };
  const [kernel, initialRamDisk] = [await kernelFile("vmlinuz"), await kernelFile("initrd")];
  const disk = join(folder, "disk");
  await runOrThrow("mkfs.ext4", ["-q", "-d", root, disk, diskSize]);
  await rm(root, { recursive: true });
  return { disk, kernel, initialRamDisk, remove: () => rm(folder, { recursive: true }) };
}

async function addShell(root: string): Promise<void> {
  await cp(join(__dirname, `${shell}.sh`), join(root, "usr/local/sbin", `${shell}.sh`));
  const units = join(root, "etc/systemd/system");
  await cp(join(__dirname, `${shell}.service`), join(units, `${shell}.service`));
  await symlink(`../${shell}.service`, join(units, "multi-user.target.wants", `${shell}.service`));
}
