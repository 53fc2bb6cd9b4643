import { accept, refuse, type Reading } from "./problem";
import { show } from "./show";
import type { Architecture, DebRelease } from "./tool";

/** Where the stack gets Eternal Terminal from: no package registry has it. */
export interface EternalTerminalPackage {
  readonly version: string;
  readonly architectures: Readonly<Partial<Record<Architecture, DebRelease>>>;
}

/** Name of the setting. */
export const eternalTerminalSetting = "team-runtime:eternalTerminal";

const processors: readonly Architecture[] = ["x86_64", "aarch64"];
const versionPattern = /^[0-9][0-9A-Za-z.+~-]{0,63}$/;
/** As the servers' installer takes it (host/team_host/tool_words.py). */
const urlPattern = /^https:\/\/[A-Za-z0-9.-]+(:[0-9]+)?\/[A-Za-z0-9._~/+%-]*$/;
const sha256Pattern = /^[0-9a-f]{64}$/;

/** The commands that set it. */
const set = (name: string, value: string): string =>
  `pulumi config set --path ${eternalTerminalSetting}.${name} ${value}`;
const example = [
  set("version", "7.0.0"),
  set("x86_64.url", "https://…/et_7.0.0_amd64.deb"),
  set("x86_64.sha256", "SHA256"),
];
const setAll = `Run \`${example.join(" && ")}\`, with what its project publishes; docs/terminals.md says more.`;

/** The finding when a team chooses it and the setting is not there. */
export const eternalTerminalMissing = refuse(
  "The team file says `terminal: et`, and where its package comes from is not set.",
  setAll,
).finding;

/** Reads the setting: an object with `version` and, for each processor, `url` and `sha256`, as JSON. */
export function readEternalTerminal(text: string | undefined): Reading<EternalTerminalPackage | undefined> {
  if (text === undefined) return accept(undefined);
  const value = objectIn(text);
  if (value === undefined) return refuse("The package of Eternal Terminal is not a map.", setAll);
  const unknown = Object.keys(value).find(
    (key) => key !== "version" && !processors.includes(key as Architecture),
  );
  if (unknown !== undefined) {
    return refuse(
      `The key ${show(unknown)} is not known here.`,
      `Use version, and ${processors.join(" or ")} for the processor of the servers.`,
    );
  }
  const { version } = value;
  const fix = `Run \`${set("version", "7.0.0")}\`.`;
  if (version === undefined) return refuse("The version of Eternal Terminal is missing.", fix);
  if (typeof version !== "string") return refuse("The version of Eternal Terminal is not a text.", fix);
  if (!versionPattern.test(version)) return refuse(`${show(version)} is not a version.`, fix);
  const architectures: Partial<Record<Architecture, DebRelease>> = {};
  for (const processor of processors) {
    if (value[processor] === undefined) continue;
    const release = readRelease(processor, value[processor]);
    if (!release.ok) return release;
    architectures[processor] = release.value;
  }
  if (Object.keys(architectures).length === 0)
    return refuse("No package is named for any processor.", setAll);
  return accept({ version, architectures });
}

function readRelease(processor: Architecture, data: unknown): Reading<DebRelease> {
  const { url, sha256 } = recordOf(data) ?? {};
  const howTo = set(`${processor}.url`, "https://…/et_7.0.0_amd64.deb");
  if (typeof url !== "string")
    return refuse(`The URL of the package for ${processor} is missing.`, `Run \`${howTo}\`.`);
  if (!url.startsWith("https://")) {
    return refuse(
      `The URL of the package for ${processor} does not start with https://.`,
      `Run \`${howTo}\`.`,
    );
  }
  // Not shown: what stands there may be a password.
  if (/^https:\/\/[^/]*@/.test(url)) {
    return refuse(
      `The URL of the package for ${processor} has a name or a password in it, which every preview would show.`,
      "Put the file where it can be fetched without one: its SHA-256 says that it is the right one.",
    );
  }
  if (!urlPattern.test(url)) {
    return refuse(
      `The URL of the package for ${processor} is not a plain one: host, port and path, and no query.`,
      `Run \`${howTo}\`.`,
    );
  }
  if (typeof sha256 !== "string" || !sha256Pattern.test(sha256)) {
    return refuse(
      `The SHA-256 of the package for ${processor} is not one: 64 characters of 0–9 and a–f.`,
      `Run \`sha256sum FILE\`, then \`${set(`${processor}.sha256`, "SHA256")}\`.`,
    );
  }
  return accept({ url, sha256 });
}

function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return recordOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}
