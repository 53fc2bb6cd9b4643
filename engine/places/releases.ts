import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../run";
import { cliVersion, pluginVersions, type PluginName } from "../versions";

/**
 * A place that is laid out as the official release site: archives below `sdk/` and `plugins/`, and for each
 * folder the checksums of its archives.
 */
export interface ReleaseSite {
  /** A folder, or a URL without a slash at its end. */
  readonly base: string;
  /** Where the SHA-256 sums of an archive stand: one `SUM  NAME` a line. */
  readonly checksums: (archive: string) => string;
}

/** A mirror of one's own (`PULUMI_RELEASES`): `SHA256SUMS` lies at its top. */
export function mirror(base: string): ReleaseSite {
  const top = base.replace(/\/+$/, "");
  return { base: top, checksums: () => `${top}/SHA256SUMS` };
}

const connectMilliseconds = 5_000;

/** `linux-x64` as the archives of the CLI name it. */
const cliPlatform = `${process.platform}-${process.arch === "x64" ? "x64" : "arm64"}`;
/** `linux-amd64` as the archives of the plugins name it. */
const pluginPlatform = `${process.platform}-${process.arch === "x64" ? "amd64" : "arm64"}`;

/** The archive of the CLI with its language hosts, relative to the site. */
export const cliArchive = `sdk/pulumi-v${cliVersion}-${cliPlatform}.tar.gz`;

/** The archive of a resource plugin, relative to the site. */
export function pluginArchive(name: PluginName): string {
  return `plugins/pulumi-resource-${name}-v${pluginVersions[name]}-${pluginPlatform}.tar.gz`;
}

/**
 * Gets an archive from a release site, compares it with its checksum and unpacks it.
 *
 * @param into An existing folder; the archive's content ends in it, without a leading `pulumi/`.
 * @throws Error with the reason, in words, when the archive is not there or is not what its checksum says.
 */
export async function unpackRelease(site: ReleaseSite, archive: string, into: string): Promise<void> {
  const content = await get(`${site.base}/${archive}`);
  const sums = (await get(site.checksums(archive))).toString("utf8");
  const name = basename(archive);
  const wanted = sums
    .split("\n")
    .map((line) => line.trim().split(/\s+\*?/))
    .find(([, file]) => file !== undefined && basename(file) === name)?.[0];
  if (wanted === undefined) throw new Error(`${site.checksums(archive)} has no line for ${name}`);
  const found = createHash("sha256").update(content).digest("hex");
  if (found !== wanted.toLowerCase()) throw new Error(`${name} has the checksum ${found}, not ${wanted}`);
  const file = join(into, ".archive");
  await writeFile(file, content);
  const strip = archive.startsWith("sdk/") ? ["--strip-components=1"] : [];
  const unpacked = await run("tar", ["-xzf", file, "-C", into, ...strip]);
  if (unpacked.code !== 0) throw new Error(`${name} cannot be unpacked: ${unpacked.stderr.trim()}`);
}

async function get(address: string): Promise<Buffer> {
  if (!/^https?:/.test(address))
    return readFile(address.startsWith("file:") ? fileURLToPath(address) : address);
  const abort = new AbortController();
  const timer = setTimeout(() => {
    abort.abort(new Error(`${address} did not answer within ${String(connectMilliseconds / 1000)} s`));
  }, connectMilliseconds);
  try {
    const response = await fetch(address, { signal: abort.signal });
    clearTimeout(timer);
    if (!response.ok) throw new Error(`${address} answered ${String(response.status)}`);
    return Buffer.from(await response.arrayBuffer());
  } catch (error) {
    const cause = (error as Error).cause;
    throw new Error(cause instanceof Error ? `${address}: ${cause.message}` : (error as Error).message, {
      cause: error,
    });
  } finally {
    clearTimeout(timer);
  }
}
