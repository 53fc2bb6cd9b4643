import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, rm, statfs } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { projectRoot } from "../../config/project-root";
import { cacheDirectory } from "../../engine/cache";
import type { Progress } from "../../engine/progress";
import { replaceDirectory } from "../../engine/replace-directory";
import { run } from "../../engine/run";
import { UserError } from "../../engine/user-error";
import { withLock } from "../instance/lock";

/** The Debian suite of the machines: what Hetzner calls the image `debian-12`. */
export const suite = "bookworm";

/** An unpacked image is 270 MB; its build needs that twice. */
const neededBytes = 700 * 1024 * 1024;

/** Where everything is that goes into the image. */
export const imageSource = join(projectRoot, "sandbox", "image");

/**
 * The root file system of all machines, built with mmdebstrap if the per-user cache does not have it (under a minute).
 * It is cached by the content of everything that goes into it and never changes afterwards.
 *
 * @returns Path of the unpacked root file system.
 */
export async function ensureImage(progress: Progress): Promise<string> {
  const image = cacheDirectory("images", imageHash());
  const rootFileSystem = join(image, "rootfs");
  if (existsSync(rootFileSystem)) return rootFileSystem;
  const waiting = (): void => {
    progress.note("Another sandbox is building the machine image; waiting for it …");
  };
  await withLock(image, "building the machine image", waiting, async () => {
    if (existsSync(rootFileSystem)) return;
    await mkdir(cacheDirectory("images"), { recursive: true });
    await removeLeftovers(image);
    await ensureSpace();
    await progress.step("building the image of the machines (Debian 12, under a minute, once)", () =>
      replaceDirectory(image, build),
    );
  });
  return rootFileSystem;
}

async function build(directory: string): Promise<void> {
  const rootFileSystem = join(directory, "rootfs");
  const { code, stderr } = await run(join(imageSource, "build.sh"), [suite, rootFileSystem]);
  if (code === 0) return;
  await rm(rootFileSystem, { recursive: true, force: true });
  const lastLines = stderr.trim().split("\n").slice(-15).join("\n");
  throw new UserError(
    `The image of the machines could not be built; mmdebstrap says:\n${lastLines}\nFix: this host must reach Debian's package archive.`,
  );
}

/** What builders left behind that were killed; nobody else builds this image while the lock is held. */
async function removeLeftovers(image: string): Promise<void> {
  for (const name of readdirSync(dirname(image))) {
    if (name.startsWith(`.${basename(image)}-`)) await rm(join(dirname(image), name), { recursive: true });
  }
}

/** Names and contents of all files below `sandbox/image/` that are not TypeScript, and the suite. */
export function imageHash(): string {
  const hash = createHash("sha256").update(suite);
  for (const file of readdirSync(imageSource, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()) {
    hash.update(`\0${relative(imageSource, file)}\0`).update(readFileSync(file));
  }
  return hash.digest("hex").slice(0, 16);
}

async function ensureSpace(): Promise<void> {
  const { bavail, bsize } = await statfs(cacheDirectory("images"));
  if (bavail * bsize >= neededBytes) return;
  throw new UserError(
    `There is too little disk space for the image of the machines: ${cacheDirectory()} has ${megabytes(bavail * bsize)} left, ${megabytes(neededBytes)} are needed. Fix: make room, or set XDG_CACHE_HOME to a larger disk.`,
  );
}

function megabytes(bytes: number): string {
  return `${String(Math.floor(bytes / 1024 / 1024))} MB`;
}
