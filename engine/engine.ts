import { createHash } from "node:crypto";
import { access, constants, copyFile, link, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { projectRoot } from "../config/project-root";
import { cacheDirectory } from "./cache";
import { buildCliFromGoModule } from "./places/go-modules";
import { officialSite } from "./places/official-site";
import { cliArchive, mirror, unpackRelease } from "./places/releases";
import type { Progress } from "./progress";
import { replaceDirectory } from "./replace-directory";
import { run } from "./run";
import { nodeLauncher } from "./shell-quote";
import { UserError } from "./user-error";
import { cliVersion } from "./versions";

/** A Pulumi CLI in the pinned version, with a Node language host beside it. */
export interface Engine {
  /** Put this folder first on `PATH`. */
  readonly binDirectory: string;
}

const cliProgram = "pulumi";
const languageHostProgram = "pulumi-language-nodejs";

/**
 * Gets the engine from the first place that has it: `PATH`, the per-user cache, `PULUMI_RELEASES`, the official
 * release site, the CLI's Go module. Nothing is installed outside the per-user cache.
 *
 * @throws UserError that says what each place gave and how to provide a mirror.
 */
export async function ensureEngine(progress: Progress): Promise<Engine> {
  const installed = await engineOnPath();
  if (installed !== undefined) return { binDirectory: installed };
  const released = cacheDirectory("engine", cliVersion);
  if (await holds(released, cliProgram, languageHostProgram)) return { binDirectory: released };
  const built = cacheDirectory("engine", `${cliVersion}-from-go-module`);
  if (await holds(built, cliProgram)) return withOwnLanguageHost(built);

  const failures: string[] = [];
  const attempt = async (place: string, target: string, fill: (folder: string) => Promise<void>) => {
    try {
      const title = `getting the Pulumi engine ${cliVersion} from ${place}`;
      await progress.step(title, () => replaceDirectory(target, fill));
      return true;
    } catch (error) {
      failures.push(`  ${place}: ${(error as Error).message}`);
      return false;
    }
  };
  for (const { name, site } of sites()) {
    const got = await attempt(name, released, (folder) => unpackRelease(site, cliArchive, folder));
    if (got) return { binDirectory: released };
  }
  if (await attempt("its Go module (a few minutes, once)", built, buildCliFromGoModule))
    return withOwnLanguageHost(built);
  throw new UserError(
    [
      `The Pulumi engine ${cliVersion} could not be had. Tried:`,
      `  PATH: no ${cliProgram} of this version with ${languageHostProgram} beside it`,
      ...failures,
      `Fix: install Pulumi ${cliVersion}, or set PULUMI_RELEASES to a folder or URL that holds ${cliArchive} and SHA256SUMS.`,
    ].join("\n"),
  );
}

function sites(): readonly { readonly name: string; readonly site: ReturnType<typeof mirror> }[] {
  const releases = process.env["PULUMI_RELEASES"] ?? "";
  return [
    ...(releases === "" ? [] : [{ name: `PULUMI_RELEASES (${releases})`, site: mirror(releases) }]),
    { name: "the official release site", site: officialSite },
  ];
}

/**
 * The Go module holds the CLI alone: the language host is this clone's own (`language-host/`). The folder is named for what
 * is in it and made once as a whole, because commands that run side by side start the programs in it.
 */
async function withOwnLanguageHost(cliDirectory: string): Promise<Engine> {
  const launcher = nodeLauncher(join(projectRoot, "dist", "engine", "language-host", "main.js"));
  const version = createHash("sha256").update(`${cliVersion}\n${launcher}`).digest("hex").slice(0, 12);
  const binDirectory = join(projectRoot, "dist", "engine", `bin-${version}`);
  if (await holds(binDirectory, cliProgram, languageHostProgram)) return { binDirectory };
  await replaceDirectory(binDirectory, async (folder) => {
    await placeProgram(join(cliDirectory, cliProgram), join(folder, cliProgram));
    await writeFile(join(folder, languageHostProgram), launcher, { mode: 0o755 });
  });
  return { binDirectory };
}

/** The CLI takes a language host without a warning from the folder in which it lies itself, so a symbolic link will not do. */
async function placeProgram(source: string, target: string): Promise<void> {
  await link(source, target).catch(() => copyFile(source, target));
}

async function engineOnPath(): Promise<string | undefined> {
  for (const directory of (process.env["PATH"] ?? "").split(delimiter)) {
    if (directory === "" || !(await holds(directory, cliProgram, languageHostProgram))) continue;
    const { stdout } = await run(join(directory, cliProgram), ["version"]);
    if (stdout.trim() === `v${cliVersion}`) return directory;
  }
  return undefined;
}

async function holds(directory: string, ...programs: readonly string[]): Promise<boolean> {
  const found = await Promise.allSettled(
    programs.map((file) => access(join(directory, file), constants.X_OK)),
  );
  return found.every(({ status }) => status === "fulfilled");
}
