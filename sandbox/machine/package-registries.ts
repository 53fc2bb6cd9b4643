import { run } from "../../engine/run";

/** How a host's package client is asked for its registry, and the variable that tells a machine's client. */
const clients: readonly { readonly variable: string; readonly command: readonly [string, ...string[]] }[] = [
  { variable: "npm_config_registry", command: ["npm", "config", "get", "registry"] },
  { variable: "PIP_INDEX_URL", command: ["pip3", "config", "get", "global.index-url"] },
];

/**
 * The package registries of this host's settings, as environment variables for machines. A client that is not there or
 * has no setting yields none, and a URL with credentials in it stays on the host.
 */
export async function packageRegistries(): Promise<Readonly<Record<string, string>>> {
  const found = await Promise.all(
    clients.map(async ({ variable, command: [program, ...args] }) => {
      const { code, stdout } = await run(program, args);
      return [variable, code === 0 ? stdout.trim() : ""] as const;
    }),
  );
  return Object.fromEntries(found.filter(([, value]) => isPlainUrl(value)));
}

function isPlainUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === "" && password === "";
}
