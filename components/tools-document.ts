import { catalogue, toolOf } from "../config/catalogue";
import type { EternalTerminalPackage } from "../config/eternal-terminal";
import { byName } from "../config/names";
import type { ServerPlan, ToolPlan } from "../config/plan";
import type { TerminalName } from "../config/terminals";
import type { Architecture, DebRelease, NpmRelease, PipRelease } from "../config/tool";

/**
 * All tools of one server: what a reviewer reads in a preview, and all that the installer on the host is told. It has no
 * account and no right in it: access is another document's.
 */
export interface ToolsDocument {
  readonly server: string;
  /** What people come by. The tool of that name is turned on, and its port opened; any other is closed. */
  readonly terminal: TerminalName;
  /** By name. What the installer once installed and does not find here, it removes. */
  readonly tools: Readonly<Record<string, ToolRow>>;
  readonly version: 1;
}

/** A tool with everything that is needed to fetch exactly that version of it; see config/tool.ts. */
export type ToolRow = {
  /** Whom to name when it cannot be installed. */
  readonly people: readonly string[];
  readonly check: readonly string[];
  readonly debianPackages: readonly string[];
} & (
  | {
      readonly kind: "npm";
      readonly version: string;
      readonly architectures: Readonly<Record<Architecture, NpmRelease>>;
    }
  | ({ readonly kind: "pip"; readonly version: string } & PipRelease)
  | {
      readonly kind: "deb";
      readonly version: string;
      readonly package: string;
      readonly architectures: Readonly<Partial<Record<Architecture, DebRelease>>>;
    }
  | { readonly kind: "apt"; readonly packages: readonly string[] }
);

/**
 * The tools document of one server.
 *
 * @param eternalTerminal Where that comes from; needed where it is the team's terminal.
 */
export function renderToolsDocument(
  server: ServerPlan,
  eternalTerminal?: EternalTerminalPackage,
): ToolsDocument {
  const rows = [...server.tools]
    .sort((one, other) => byName(one.name, other.name))
    .map((tool) => [tool.name, toolRow(tool, eternalTerminal)] as const);
  return { server: server.name, terminal: server.terminal, tools: Object.fromEntries(rows), version: 1 };
}

function toolRow(
  { name, version, people }: ToolPlan,
  eternalTerminal: EternalTerminalPackage | undefined,
): ToolRow {
  const tool = toolOf(name);
  const common = { people, check: tool.check, debianPackages: tool.debianPackages ?? [] };
  if (tool.kind === "apt") return { ...common, kind: tool.kind, packages: tool.packages };
  if (name === "et")
    return { ...common, kind: "deb", package: catalogue.et.package, ...given(eternalTerminal) };
  const chosen = { ...common, version: version ?? "" };
  switch (tool.kind) {
    case "npm":
      return { ...chosen, kind: tool.kind, architectures: releaseOf(tool.releases, name, version) };
    case "pip":
      return { ...chosen, kind: tool.kind, ...releaseOf(tool.releases, name, version) };
    case "deb":
      return {
        ...chosen,
        kind: tool.kind,
        package: tool.package,
        architectures: releaseOf(tool.releases, name, version),
      };
  }
}

function given(eternalTerminal: EternalTerminalPackage | undefined): EternalTerminalPackage {
  if (eternalTerminal === undefined) throw new Error("Nobody says where Eternal Terminal comes from.");
  return eternalTerminal;
}

function releaseOf<Release>(
  releases: Readonly<Record<string, Release>>,
  name: string,
  version: string | undefined,
): Release {
  const release = version === undefined ? undefined : releases[version];
  if (release === undefined)
    throw new Error(`The catalogue has no ${name} ${version ?? "without a version"}.`);
  return release;
}
