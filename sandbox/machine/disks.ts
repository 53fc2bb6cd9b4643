import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runOrThrow } from "../run-or-throw";

/** API's id of the system image `debian-12`; all others are snapshots. */
const systemImageId = 12;

/**
 * A disk is a directory with `upper/`, what was written on top of the image, and `image`, a file that holds the path of
 * the image's root file system. Machines and snapshots have the same form.
 */
export interface Disk {
  readonly directory: string;
}

/** Makes a machine's disk unless it is there: empty on top of the system image, or a copy of a snapshot. */
export async function ensureDisk(
  disk: Disk,
  imageId: number,
  systemImage: string,
  snapshots: string,
): Promise<void> {
  if (existsSync(join(disk.directory, "image"))) return;
  if (imageId !== systemImageId) {
    await copyDisk({ directory: join(snapshots, String(imageId)) }, disk);
    return;
  }
  await mkdir(join(disk.directory, "upper"), { recursive: true });
  await writeFile(join(disk.directory, "image"), systemImage);
}

/** Path of the image's root file system below a disk. */
export async function imageOf(disk: Disk): Promise<string> {
  const image = await readFile(join(disk.directory, "image"), "utf8");
  if (existsSync(image)) return image;
  throw new Error(
    `the image ${image} that this machine was made from was deleted; \`npm run sandbox -- down\` and \`npm run sandbox\` make new machines`,
  );
}

/** Copies a disk, whole or not at all. */
export async function copyDisk(from: Disk, to: Disk): Promise<void> {
  if (existsSync(join(to.directory, "image"))) return;
  const temporary = join(to.directory, "upper.new");
  await rm(temporary, { recursive: true, force: true });
  await mkdir(to.directory, { recursive: true });
  // --archive keeps overlay's marks of deleted files (device nodes, trusted.overlay.* attributes).
  await runOrThrow("cp", ["--archive", "--reflink=auto", join(from.directory, "upper"), temporary]);
  await rm(join(to.directory, "upper"), { recursive: true, force: true });
  await rename(temporary, join(to.directory, "upper"));
  await writeFile(join(to.directory, "image"), await imageOf(from));
}
