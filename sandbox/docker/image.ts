import { join } from "node:path";
import { projectRoot } from "../../config/project-root";
import type { Progress } from "../../engine/progress";
import { run } from "../../engine/run";
import { UserError } from "../../engine/user-error";
import { isInstalled } from "../image/host-tools";
import { ensureImage, imageHash, imageSource, suite } from "../image/image";
import { withLock } from "../instance/lock";
import { dockerLines } from "./docker";

const scripts = join(projectRoot, "sandbox", "docker");

/** Debian's own image, needed only where this host cannot build a root file system. */
const debianImage = `debian:${suite}`;

/** A way to get the root file system of all machines as a tar archive. */
interface Way {
  readonly name: string;
  /** The program that prints it. */
  readonly command: readonly string[];
}

/**
 * The image of all machines, made if Docker does not have it: of the root file system that the unshare driver uses too. No
 * registry has it. Its tag is a hash of all that goes into it, so one that was built elsewhere (`docker save`, `docker load`)
 * is as good.
 *
 * @returns Its name.
 * @throws UserError with every way that was tried.
 */
export async function ensureDockerImage(
  progress: Progress,
  isRoot = process.getuid?.() === 0,
): Promise<string> {
  const image = `team-runtime-sandbox:${imageHash()}`;
  const isThere = async (): Promise<boolean> => (await dockerLines("images", "--quiet", image)).length > 0;
  if (await isThere()) return image;
  const waiting = (): void => {
    progress.note("Another sandbox is building the machine image; waiting for it …");
  };
  await withLock(image, "building the machine image", waiting, async () => {
    if (await isThere()) return;
    const failures: string[] = [];
    for (const { name, command } of await waysHere(progress, isRoot)) {
      const failure = await progress.step(`making the image of the machines (Debian 12, once) ${name}`, () =>
        importImage(image, command),
      );
      if (failure === undefined) return;
      failures.push(`${name}:\n${failure}`);
    }
    throw new UserError(
      `The image of the machines could not be made ${failures.join("\nNor ")}\n` +
        `Fix: install mmdebstrap and uidmap, with which no registry is needed; or let Docker get ${debianImage}; or take the image from a host that has it (\`docker save ${image}\`, \`docker load\`). Each but the last needs Debian's package archive.`,
    );
  });
  return image;
}

/** What can be tried here, the one that needs least first. */
async function waysHere(progress: Progress, isRoot: boolean): Promise<readonly Way[]> {
  if (isRoot) return [{ name: "of this host's", command: tarOf(await ensureImage(progress)) }];
  const inContainer: Way = { name: `in a container of ${debianImage}`, command: containerCommand };
  if (!isInstalled("mmdebstrap")) return [inContainer];
  return [{ name: "with mmdebstrap", command: [join(imageSource, "build.sh"), suite, "-"] }, inContainer];
}

function tarOf(rootFileSystem: string): readonly string[] {
  // ping's capability is an extended attribute.
  const attributes = ["--xattrs", "--xattrs-include=*"];
  return ["tar", "--create", "--numeric-owner", ...attributes, "--directory", rootFileSystem, "."];
}

const containerCommand: readonly string[] = [
  ...["docker", "run", "--rm", "--network", "host"],
  // mmdebstrap mounts /proc and changes the root.
  ...[
    "--cap-add",
    "SYS_ADMIN",
    "--security-opt",
    "seccomp=unconfined",
    "--security-opt",
    "apparmor=unconfined",
  ],
  ...["http_proxy", "https_proxy", "no_proxy"].flatMap((name) => ["--env", name]),
  ...["--volume", `${imageSource}:/image:ro`, "--volume", `${scripts}:/scripts:ro`],
  ...[debianImage, "/scripts/build-in-container.sh"],
];

/** @returns The last lines of what the programs say if it fails. */
async function importImage(image: string, command: readonly string[]): Promise<string | undefined> {
  const { code, stderr } = await run(join(scripts, "import-image.sh"), [image, ...command]);
  return code === 0 ? undefined : stderr.trim().split("\n").slice(-5).join("\n");
}
