import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { projectRoot } from "../config/project-root";

/** A file as it will lie on a server. */
export interface HostFile {
  readonly content: string;
  /** Octal, as chmod(1) takes it: `0755`. */
  readonly mode: string;
}

/** Absolute path on the server → file. */
export type HostFiles = Readonly<Record<string, HostFile>>;

/** Where the host software lives on a server. */
export const hostSoftwareDirectory = "/usr/local/lib/team-runtime";

interface Tree {
  readonly source: string;
  readonly target: string;
  readonly mode: string;
}

/** Which folder of `host/` goes where; what is not listed stays here. */
const trees: readonly Tree[] = [
  { source: "bin", target: hostSoftwareDirectory, mode: "0755" },
  { source: "team_host", target: `${hostSoftwareDirectory}/team_host`, mode: "0644" },
  { source: "etc", target: `${hostSoftwareDirectory}/etc`, mode: "0644" },
];

/** Reads the host software from `host/`, sorted by path. */
export function readHostSoftware(): HostFiles {
  const files = trees.flatMap(({ source, target, mode }) =>
    listFiles(join(projectRoot, "host", source)).map(
      (file) => [`${target}/${file}`, { content: readHostFile(join(source, file)), mode }] as const,
    ),
  );
  return Object.fromEntries(files.sort(([one], [other]) => (one < other ? -1 : 1)));
}

/**
 * A short name for the exact content of the host software. It stands among a server's shown arguments, so that a
 * preview says when the software on the servers changes.
 */
export function hostSoftwareVersion(files: HostFiles): string {
  return createHash("sha256").update(JSON.stringify(files)).digest("hex").slice(0, 12);
}

/** One file of `host/`, as text. */
export function readHostFile(path: string): string {
  return readFileSync(join(projectRoot, "host", path), "utf8");
}

function listFiles(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter(
      (entry) => entry.isFile() && !entry.parentPath.includes("__pycache__") && !entry.name.endsWith(".pyc"),
    )
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .map((file) => file.split(sep).join("/"));
}
