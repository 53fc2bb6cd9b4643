import { isIP } from "node:net";
import { readDeployKey } from "./deploy-key";
import { eternalTerminalSetting, readEternalTerminal, type EternalTerminalPackage } from "./eternal-terminal";
import { readPublicKey } from "./keys";
import { readGitTokens, type GitTokens } from "./git-tokens";
import { loginPattern } from "./names";
import { accept, refuse } from "./problem";
import type { Finding, Reading } from "./problem";
import { show } from "./show";
import { isThrowawayKey } from "./throwaway-keys";

/** The stack's settings as text, as `pulumi config` and the environment give them; lists and maps as JSON. */
export interface RawSettings {
  readonly stack: string;
  readonly token: string | undefined;
  readonly endpoint: string | undefined;
  readonly location: string | undefined;
  readonly deployKey: string | undefined;
  readonly otherDeployKey: string | undefined;
  readonly teamFile: string | undefined;
  readonly protection: string | undefined;
  readonly forget: string | undefined;
  readonly sshFrom: string | undefined;
  readonly sshWait: string | undefined;
  readonly hostKeys: string | undefined;
  readonly gitTokens: string | undefined;
  readonly eternalTerminal: string | undefined;
}

/** The stack's settings after every check, without the secrets themselves but for the agents' tokens. */
export interface Settings {
  /** Whether the Hetzner endpoint is the local sandbox: its host is in 127.0.0.0/8. */
  readonly isSandbox: boolean;
  /** As written; relative to the folder of the Pulumi project. Default: `team.<stack>.yaml`. */
  readonly teamFile: string;
  /** Hetzner location of new servers. Default: `fsn1`. */
  readonly location: string;
  /** `ssh-ed25519 AAAA…`, derived from the private key. */
  readonly deployPublicKey: string;
  /** A second key by which the deploy user may come, while the deploy key is being changed. */
  readonly otherDeployKey?: string;
  /** Whether servers of active people are protected from deletion and rebuild. Default: true. */
  readonly protection: boolean;
  /** Networks from which SSH is let in. Default: everywhere. */
  readonly sshFrom: readonly string[];
  /** Seconds after which a new server that does not answer SSH is given up; one that was set up before, after about three minutes. Default: 480. */
  readonly sshWait: number;
  /** Host keys accepted by hand, by server name. */
  readonly hostKeys: Readonly<Record<string, string>>;
  /** Secrets. */
  readonly gitTokens: GitTokens;
  /** Where Eternal Terminal comes from; needed where the team file says `terminal: et`. */
  readonly eternalTerminal?: EternalTerminalPackage;
  /** Logins that may vanish from the team file although they are on the roster. */
  readonly forget: readonly string[];
}

/** A finding about one setting, such as `team-runtime:sshWait`. */
export interface SettingProblem extends Finding {
  readonly setting: string;
}

export type SettingsResult =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly problems: readonly SettingProblem[] };

/** `SETTING: sentence. Fix: …` */
export function formatSettingProblem({ setting, sentence, fix }: SettingProblem): string {
  return `${setting}: ${sentence} Fix: ${fix}`;
}

/** Checks all settings at once. */
export function readSettings(raw: RawSettings): SettingsResult {
  const problems: SettingProblem[] = [];
  const take = <Value>(setting: string, reading: Reading<Value>, otherwise: Value): Value => {
    if (reading.ok) return reading.value;
    problems.push({ setting, ...reading.finding });
    return otherwise;
  };
  const isSandbox = take("hcloud:endpoint", readEndpoint(raw.endpoint), false);
  take("hcloud:token", readToken(raw.token, isSandbox), undefined);
  const otherDeployKey = take(
    "team-runtime:otherDeployKey",
    readOtherKey(raw.otherDeployKey, isSandbox),
    undefined,
  );
  const eternalTerminal = take(eternalTerminalSetting, readEternalTerminal(raw.eternalTerminal), undefined);
  const settings: Settings = {
    isSandbox,
    ...(otherDeployKey === undefined ? {} : { otherDeployKey }),
    ...(eternalTerminal === undefined ? {} : { eternalTerminal }),
    teamFile: raw.teamFile ?? `team.${raw.stack}.yaml`,
    location: take("team-runtime:location", readLocation(raw.location ?? "fsn1"), ""),
    deployPublicKey: take("team-runtime:deployKey", readOwnDeployKey(raw.deployKey ?? "", isSandbox), ""),
    protection: take("team-runtime:protection", readProtection(raw.protection ?? "true"), true),
    sshFrom: take("team-runtime:sshFrom", readNetworks(raw.sshFrom), []),
    sshWait: take("team-runtime:sshWait", readWait(raw.sshWait ?? "480"), 480),
    hostKeys: take("team-runtime:hostKeys", readHostKeys(raw.hostKeys ?? "{}"), {}),
    gitTokens: take("team-runtime:gitTokens", readGitTokens(raw.gitTokens), new Map()),
    forget: take("team-runtime:forget", readForget(raw.forget ?? "[]"), []),
  };
  return problems.length === 0 ? { ok: true, settings } : { ok: false, problems };
}

/** The parser of URLs is asked for the host, so that `http://127.0.0.1@example.com` is not taken for the sandbox. */
function readEndpoint(text: string | undefined): Reading<boolean> {
  if (text === undefined || text === "") return accept(false);
  if (!URL.canParse(text)) {
    return refuse(
      `${show(text)} is not a URL.`,
      "Remove it for the real Hetzner: unset HCLOUD_ENDPOINT, or `pulumi config rm hcloud:endpoint`.",
    );
  }
  const { hostname, protocol } = new URL(text);
  const isSandbox = isIP(hostname) === 4 && hostname.startsWith("127.");
  if (isSandbox || protocol === "https:") return accept(isSandbox);
  return refuse(
    "The endpoint is neither the local sandbox nor reached over https, so the token could be read on the way.",
    "Use a URL that starts with https://, or remove the setting for the real Hetzner.",
  );
}

/** The sandbox takes whatever has the right length, so that its token is no token anywhere else. */
function readToken(text: string | undefined, isSandbox: boolean): Reading<undefined> {
  const fix =
    "Make a read and write token in the Hetzner project under Security, API tokens, then run `pulumi config set --secret hcloud:token`.";
  if (text === undefined || text.trim() === "") return refuse("The API token is missing.", fix);
  if (isSandbox && text.length === 64) return accept(undefined);
  if (/^[A-Za-z0-9]{64}$/.test(text) && !/^(.)\1*$/.test(text)) return accept(undefined);
  if (text.trim().length < 20 || /change|token|placeholder|example/i.test(text))
    return refuse("The API token is a placeholder.", fix);
  return refuse(
    `The API token is not one of Hetzner Cloud: it has ${text.length} characters instead of 64 letters and digits, or all of them are equal.`,
    fix,
  );
}

function readLocation(text: string): Reading<string> {
  if (/^[a-z]{3}[0-9]?$/.test(text)) return accept(text);
  return refuse(
    `${show(text)} is not a location of Hetzner Cloud.`,
    "Run `pulumi config set team-runtime:location fsn1` (or nbg1, hel1, ash, hil, sin).",
  );
}

function readOwnDeployKey(text: string, isSandbox: boolean): Reading<string> {
  const reading = readDeployKey(text);
  if (!reading.ok) return reading;
  if (isThrowawayKey(reading.value) && !isSandbox) {
    return refuse(
      "The deploy key is the throw-away key of the local sandbox: everybody has it.",
      "Make one with `ssh-keygen -t ed25519 -N '' -f deploy` and set it with `cat deploy | pulumi config set --secret team-runtime:deployKey`.",
    );
  }
  return accept(`${reading.value.type} ${reading.value.base64}`);
}

/** Only its public half is needed: nobody comes by it before it has become the deploy key. */
function readOtherKey(text: string | undefined, isSandbox: boolean): Reading<string | undefined> {
  if (text === undefined || text.trim() === "") return accept(undefined);
  const reading = readPublicKey(text.trim());
  const fix = `Run \`pulumi config set team-runtime:otherDeployKey "$(cat new-deploy.pub)"\` with the key that ssh-keygen made.`;
  if (!reading.ok) return refuse(reading.finding.sentence, fix);
  const { type, base64 } = reading.value;
  if (type !== "ssh-ed25519") return refuse(`The other deploy key is of type ${type}, not ssh-ed25519.`, fix);
  if (isThrowawayKey(reading.value) && !isSandbox) {
    return refuse("The other deploy key is the throw-away key of the local sandbox: everybody has it.", fix);
  }
  return accept(`${type} ${base64}`);
}

function readProtection(text: string): Reading<boolean> {
  if (text === "true" || text === "false") return accept(text === "true");
  return refuse(
    `${show(text)} is neither true nor false.`,
    "Run `pulumi config set team-runtime:protection true`.",
  );
}

function readNetworks(text: string | undefined): Reading<readonly string[]> {
  const fix =
    "Run `pulumi config set --path 'team-runtime:sshFrom[0]' 203.0.113.0/24`, once for each network.";
  if (text === undefined) return accept(["0.0.0.0/0", "::/0"]);
  const list = listIn(text);
  if (list === undefined) return refuse("The networks are not a list of texts.", fix);
  if (list.length === 0)
    return refuse("No network is let in, so that not even this program could reach the servers.", fix);
  const wrong = list.find((network) => !isNetwork(network));
  return wrong === undefined
    ? accept([...new Set(list)].sort())
    : refuse(`${show(wrong)} is not a network, such as 203.0.113.0/24.`, fix);
}

function isNetwork(text: string): boolean {
  const match = /^([0-9a-fA-F.:]+)\/(0|[1-9][0-9]{0,2})$/.exec(text);
  const family = isIP(match?.[1] ?? "");
  return family !== 0 && Number(match?.[2]) <= (family === 4 ? 32 : 128);
}

function readWait(text: string): Reading<number> {
  const seconds = /^[0-9]{1,4}$/.test(text) ? Number(text) : NaN;
  if (seconds >= 10 && seconds <= 540) return accept(seconds);
  return refuse(
    `${show(text)} is not a number of seconds from 10 to 540.`,
    "Run `pulumi config set team-runtime:sshWait 480`.",
  );
}

function readHostKeys(text: string): Reading<Readonly<Record<string, string>>> {
  const fix =
    "Run `pulumi config set --path 'team-runtime:hostKeys.dev-wes' 'ssh-ed25519 AAAA…'` with the key that the server's console shows.";
  const value = jsonIn(text);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return refuse("The host keys are not a map from servers to keys.", fix);
  const accepted: [string, string][] = [];
  for (const [server, line] of Object.entries(value)) {
    const key = readPublicKey(typeof line === "string" ? line.trim() : "");
    if (
      !/^dev-/.test(server) ||
      !loginPattern.test(server.slice(4)) ||
      !key.ok ||
      key.value.type !== "ssh-ed25519"
    ) {
      return refuse(`The entry ${show(server)} is not a server with its ed25519 host key.`, fix);
    }
    accepted.push([server, `${key.value.type} ${key.value.base64}`]);
  }
  return accept(Object.fromEntries(accepted));
}

function readForget(text: string): Reading<readonly string[]> {
  const list = listIn(text);
  if (list?.every((login) => loginPattern.test(login)) === true) return accept([...new Set(list)].sort());
  return refuse(
    "The people to forget are not a list of logins.",
    "Run `pulumi config set --path 'team-runtime:forget[0]' LOGIN`, once for each person.",
  );
}

/** A JSON list of texts, or one text by itself, which is what a plain `pulumi config set` stores. */
function listIn(text: string): readonly string[] | undefined {
  if (!text.trim().startsWith("["))
    return text.trim() === "" ? [] : text.split(",").map((item) => item.trim());
  const value = jsonIn(text);
  if (!Array.isArray(value)) return undefined;
  const items = value as unknown[];
  return items.every((item) => typeof item === "string") ? items : undefined;
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
