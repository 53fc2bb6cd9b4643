import { readDeployKey } from "../config/deploy-key";
import { projectRoot } from "../config/project-root";
import { run, type ProgramResult } from "../engine/run";
import { runningDaemon } from "../sandbox/daemon-record";
import { apiEndpoint, findInstance } from "../sandbox/instance/instance";
import type { HetznerAccess } from "./hetzner-api";
import { pulumiCommand } from "./pulumi-command";

/** What the settings of the selected stack say about its Hetzner project. The state is not needed. */
export interface StackHetzner {
  readonly stack: string;
  readonly hetzner: HetznerAccess;
  /** `ssh-ed25519 AAAA…` */
  readonly deployPublicKey: string;
}

export type StackHetznerReading =
  { readonly ok: true; readonly stack: StackHetzner } | { readonly ok: false; readonly sentence: string };

const hetznerEndpoint = "https://api.hetzner.cloud/v1";

/** Reads the settings in `Pulumi.<stack>.yaml` and the environment, as the program does. */
export async function readStackHetzner(environment: NodeJS.ProcessEnv): Promise<StackHetznerReading> {
  const [name, tokenSetting, endpointSetting, deployKey] = await Promise.all([
    pulumi("stack", "--show-name"),
    pulumi("config", "get", "hcloud:token"),
    pulumi("config", "get", "hcloud:endpoint"),
    pulumi("config", "get", "team-runtime:deployKey"),
  ]);
  if (name.code !== 0)
    return refuse(
      `No stack is selected: ${firstLine(name.stderr)}`,
      "pulumi stack init NAME, with the name that it had",
    );
  const token = tokenSetting.code === 0 ? tokenSetting.stdout.trim() : (environment["HCLOUD_TOKEN"] ?? "");
  if (token === "") return refuse("The API token is not set.", "pulumi config set --secret hcloud:token");
  const key = readDeployKey(deployKey.stdout);
  if (!key.ok) return refuse(`team-runtime:deployKey: ${key.finding.sentence}`, key.finding.fix);
  const endpoint =
    endpointSetting.code === 0 ? endpointSetting.stdout.trim() : environment["HCLOUD_ENDPOINT"];
  return {
    ok: true,
    stack: {
      stack: name.stdout.trim(),
      hetzner: { endpoint: endpoint ?? sandboxEndpoint(environment) ?? hetznerEndpoint, token },
      deployPublicKey: `${key.value.type} ${key.value.base64}`,
    },
  };
}

/** The local Hetzner, where `pulumi` is the sandbox's too (pulumi-command.ts). */
function sandboxEndpoint({ PULUMI_BACKEND_URL: backend = "" }: NodeJS.ProcessEnv): string | undefined {
  const instance = backend === "" ? findInstance() : undefined;
  return instance === undefined || runningDaemon(instance) === undefined ? undefined : apiEndpoint(instance);
}

function pulumi(...args: readonly string[]): Promise<ProgramResult> {
  const [command, ...first] = pulumiCommand();
  return run(command, [...first, ...args, "--non-interactive"], { cwd: projectRoot });
}

function firstLine(text: string): string {
  return text.split("\n").find((line) => line.trim() !== "") ?? "Pulumi did not say why.";
}

function refuse(sentence: string, fix: string): StackHetznerReading {
  return { ok: false, sentence: `${sentence} Fix: ${fix}` };
}
