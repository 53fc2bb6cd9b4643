import { toolOf } from "../config/catalogue";
import { byName } from "../config/names";
import type { ServerPlan, ToolPlan } from "../config/plan";
import type { Architecture, DebRelease, NpmRelease, PipRelease } from "../config/tool";

/**
 * All tools of one server: what a reviewer reads in a preview, and all that the installer on the host is told. It has no
 * account and no right in it: access is another document's.
 */
export interface ToolsDocument {
  readonly server: string;
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

/** The tools document of one server. */
export function renderToolsDocument(server: ServerPlan): ToolsDocument {
  const rows = [...server.tools]
    .sort((one, other) => byName(one.name, other.name))
    .map((tool) => [tool.name, toolRow(tool)] as const);
  return { server: server.name, tools: Object.fromEntries(rows), version: 1 };
}

function toolRow({ name, version, people }: ToolPlan): ToolRow {
  const tool = toolOf(name);
  const common = { people, check: tool.check, debianPackages: tool.debianPackages ?? [] };
  if (tool.kind === "apt") return { ...common, kind: tool.kind, packages: tool.packages };
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
