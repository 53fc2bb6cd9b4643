import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../../engine/run";

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
  await mkdir(to.directory, { recursive: true });
  await copyWhileUsed(join(from.directory, "upper"), temporary);
  await rm(join(to.directory, "upper"), { recursive: true, force: true });
  await rename(temporary, join(to.directory, "upper"));
  await writeFile(join(to.directory, "image"), await imageOf(from));
}

const copyAttempts = 5;

/** A machine that runs may delete a file between cp's finding it and its reading it: then all is copied again. */
async function copyWhileUsed(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    await rm(to, { recursive: true, force: true });
    // --archive keeps overlay's marks of deleted files (device nodes, trusted.overlay.* attributes).
    const { code, stderr } = await run("cp", ["--archive", "--reflink=auto", from, to], {
      env: { ...process.env, LC_ALL: "C" },
    });
    if (code === 0) return;
    const isGone = stderr
      .trim()
      .split("\n")
      .every((line) => line.endsWith("No such file or directory"));
    if (!isGone || attempt === copyAttempts) throw new Error(`${from} cannot be copied: ${stderr.trim()}`);
  }
}
