/** Processor architecture, as `uname -m` says it on a server. Hetzner has both. */
export type Architecture = "aarch64" | "x86_64";

/**
 * A tool that this program can install on servers. `agent`: a command-line tool of an agent, listed under `agents`.
 * `sessionManager`, `terminal`: chosen for the whole team. `program`: anything else, listed under `tools`.
 */
export type Tool = (NpmTool | PipTool | DebTool | AptTool) & {
  readonly role: "agent" | "program" | "sessionManager" | "terminal";
  /** Debian packages that have to be there first. They are installed when they are missing, and never removed. */
  readonly debianPackages?: readonly string[];
  /** Prints something that has the version in it. The first word is one of the programs; it runs as nobody. */
  readonly check: readonly [program: string, ...args: string[]];
};

/** What npm installs on a server of one architecture. */
export interface NpmRelease {
  /** `NAME@VERSION` → what the registry calls its integrity: `sha512-` and base64. Complete: nothing else is fetched. */
  readonly packages: Readonly<Record<string, string>>;
  /** Name on the PATH → file below the tool's folder, such as `node_modules/NAME/cli.js`. */
  readonly programs: Readonly<Record<string, string>>;
}

/** Packages of the npm registry, installed by the npm that comes with the tool `node`, without their scripts. */
export interface NpmTool {
  readonly kind: "npm";
  /** By version, the default first. */
  readonly releases: Readonly<Record<string, Readonly<Record<Architecture, NpmRelease>>>>;
}

/** What is installed into a Python environment of the tool's own, wheels only. */
export interface PipRelease {
  /** `NAME==VERSION` → SHA-256 in hexadecimal of every file of it that may be used. Complete: nothing else is fetched. */
  readonly packages: Readonly<Record<string, readonly string[]>>;
  /** Name on the PATH → file below the environment, such as `bin/uxon`. */
  readonly programs: Readonly<Record<string, string>>;
}

/** Packages of PyPI. */
export interface PipTool {
  readonly kind: "pip";
  /** By version, the default first. */
  readonly releases: Readonly<Record<string, PipRelease>>;
}

/** One Debian package that is in no archive. */
export interface DebRelease {
  /** `https://…`, in which nothing is secret. */
  readonly url: string;
  /** In hexadecimal. */
  readonly sha256: string;
}

/** A Debian package from its project's own site. */
export interface DebTool {
  readonly kind: "deb";
  /** Its name, as dpkg knows it. */
  readonly package: string;
  /** By version, the default first; none when a setting of the stack says where it comes from. */
  readonly releases: Readonly<Record<string, Readonly<Partial<Record<Architecture, DebRelease>>>>>;
}

/** Packages of the server's own Debian archive, whose version the archive decides. */
export interface AptTool {
  readonly kind: "apt";
  readonly packages: readonly string[];
}
