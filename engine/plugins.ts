import { access, mkdir, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { projectRoot } from "../config/project-root";
import { cacheDirectory } from "./cache";
import { officialSite } from "./places/official-site";
import { mirror, pluginArchive, unpackRelease } from "./places/releases";
import type { Progress } from "./progress";
import { replaceDirectory } from "./replace-directory";
import { nodeLauncher } from "./shell-quote";
import { UserError } from "./user-error";
import { pluginFolder, pluginNames, pluginVersions, type PluginName } from "./versions";

/** Which provider plugins a `PULUMI_HOME` uses. */
export type ProviderKind = "official" | "stand-in";

/**
 * Puts the provider plugins, in their exact versions, into a `PULUMI_HOME` of the sandbox: the official ones where they
 * can be had (the user's plugin cache, `PULUMI_RELEASES`, the official site), else the sandbox's stand-ins.
 * `SANDBOX_PROVIDERS=official|stand-in` forces one kind for all.
 *
 * @returns The kind in use for each plugin.
 */
export async function installPlugins(
  pulumiHome: string,
  progress: Progress,
): Promise<Readonly<Record<PluginName, ProviderKind>>> {
  const wanted = requestedKind();
  const kinds = await Promise.all(
    pluginNames.map(async (name) => [name, await installPlugin(name, pulumiHome, wanted, progress)] as const),
  );
  return Object.fromEntries(kinds) as Record<PluginName, ProviderKind>;
}

async function installPlugin(
  name: PluginName,
  pulumiHome: string,
  wanted: ProviderKind | undefined,
  progress: Progress,
): Promise<ProviderKind> {
  const program = join(pulumiHome, "plugins", pluginFolder(name), programName(name));
  const failures: string[] = [];
  const official =
    wanted === "stand-in" ? undefined : await officialPlugin(name, program, wanted, progress, failures);
  if (official === undefined && wanted === "official") {
    throw new UserError(
      [
        `The official plugin ${name} ${pluginVersions[name]} could not be had, and SANDBOX_PROVIDERS=official asks for it. Tried:`,
        ...failures,
        `Fix: set PULUMI_RELEASES to a folder or URL that holds ${pluginArchive(name)} and SHA256SUMS.`,
      ].join("\n"),
    );
  }
  await pointTo(program, official ?? (await standIn(name, pulumiHome)));
  return official === undefined ? "stand-in" : "official";
}

/** The program of the official plugin, or `undefined` where no place has it. */
async function officialPlugin(
  name: PluginName,
  installed: string,
  wanted: ProviderKind | undefined,
  progress: Progress,
  failures: string[],
): Promise<string | undefined> {
  const usersHome = process.env["PULUMI_HOME"] ?? join(homedir(), ".pulumi");
  const cached = cacheDirectory("plugins", pluginFolder(name));
  for (const folder of [join(usersHome, "plugins", pluginFolder(name)), cached]) {
    const program = join(folder, programName(name));
    if (program !== installed && (await exists(program))) return program;
  }
  const releases = process.env["PULUMI_RELEASES"] ?? "";
  const sites = releases === "" ? [] : [mirror(releases)];
  // The official site is asked once for an instance; later runs must not wait for a site that is out of reach.
  if (wanted === "official" || !(await exists(installed))) sites.push(officialSite);
  for (const site of sites) {
    try {
      await progress.step(`getting the ${name} plugin from ${site.base}`, () =>
        replaceDirectory(cached, (directory) => unpackRelease(site, pluginArchive(name), directory)),
      );
      return join(cached, programName(name));
    } catch (error) {
      failures.push(`  ${site.base}: ${(error as Error).message}`);
    }
  }
  return undefined;
}

/** Writes the stand-in's program: it runs this clone's compiled provider. */
async function standIn(name: PluginName, pulumiHome: string): Promise<string> {
  const folder = join(pulumiHome, "stand-ins", pluginFolder(name));
  const entry = join(projectRoot, "dist", "sandbox", "providers", name, "main.js");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, programName(name)), nodeLauncher(entry), { mode: 0o755 });
  return join(folder, programName(name));
}

/** The engine looks into real folders only, so the link is the program in the folder, not the folder. */
async function pointTo(link: string, program: string): Promise<void> {
  const current = await readlink(link).catch(() => undefined);
  if (current === program) return;
  await mkdir(dirname(link), { recursive: true });
  await rm(link, { force: true });
  await symlink(program, link);
}

function programName(name: PluginName): string {
  return `pulumi-resource-${name}`;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function requestedKind(): ProviderKind | undefined {
  const value = process.env["SANDBOX_PROVIDERS"] ?? "";
  if (value === "" || value === "official" || value === "stand-in") return value === "" ? undefined : value;
  throw new UserError(
    `SANDBOX_PROVIDERS is "${value}". Fix: set it to official or stand-in, or leave it unset.`,
  );
}
