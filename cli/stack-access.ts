import { z } from "zod";
import type { ServerAddress } from "../components/ssh-client-config";
import { run, type ProgramResult } from "../engine/run";
import { readDeployKey } from "../config/deploy-key";
import {
  eternalTerminalSetting,
  readEternalTerminal,
  type EternalTerminalPackage,
} from "../config/eternal-terminal";
import { serverOf } from "../config/names";
import { projectRoot } from "../config/project-root";
import { pulumiCommand } from "./pulumi-command";

/** What the selected stack knows and the team file does not: how to reach the servers, and what they once printed. */
export interface StackAccess {
  /** By server name. */
  readonly servers: ReadonlyMap<string, ServerAddress>;
  /** Name of the server where each person works or has worked, by login. */
  readonly places: ReadonlyMap<string, string>;
  /** The public halves of the hop keys, by where the private half is: `dev-marcus`, or `dev-shared/marcus`. */
  readonly hopKeys: ReadonlyMap<string, string>;
  /** Networks (CIDR) that may reach SSH, as they were last applied. */
  readonly sshFrom: readonly string[];
  /** Where Eternal Terminal comes from, by the setting. */
  readonly eternalTerminal?: EternalTerminalPackage;
  readonly deployKey: {
    /** In OpenSSH's form. A secret. */
    readonly privateKey: string;
    /** `ssh-ed25519 AAAA…` */
    readonly publicKey: string;
  };
}

/** A stack's access, or a sentence that says why it is not known. */
export type StackAccessReading =
  { readonly ok: true; readonly stack: StackAccess } | { readonly ok: false; readonly sentence: string };

const resource = z.object({
  urn: z.string(),
  type: z.string(),
  outputs: z.record(z.string(), z.unknown()).optional(),
});
const exported = z.object({ deployment: z.object({ resources: z.array(resource).default([]) }) });
const firewallOutputs = z.object({
  rules: z.array(z.object({ port: z.string().optional(), sourceIps: z.array(z.string()).optional() })),
});
const rosterOutput = z.record(z.string(), z.object({ state: z.string(), server: z.string().optional() }));
const serversOutput = z.record(z.string(), z.object({ address: z.string(), hostKey: z.string() }));

/** Asks Pulumi for the state and for the deploy key of the selected stack. No server is reached. */
export async function readStackAccess(): Promise<StackAccessReading> {
  const [state, deployKey, eternalTerminal] = await Promise.all([
    pulumi("stack", "export"),
    pulumi("config", "get", "team-runtime:deployKey"),
    pulumi("config", "get", eternalTerminalSetting),
  ]);
  if (state.code !== 0) return refuse(whyNot(state));
  if (deployKey.code !== 0) return refuse(whyNot(deployKey));
  // A setting that is not there ends the command with an error too.
  return parseStackAccess(
    state.stdout,
    deployKey.stdout,
    eternalTerminal.code === 0 ? eternalTerminal.stdout : undefined,
  );
}

/** Reads what `pulumi stack export` and `pulumi config get` of two settings print. */
export function parseStackAccess(
  state: string,
  privateKey: string,
  eternalTerminal?: string,
): StackAccessReading {
  const publicKey = readDeployKey(privateKey);
  if (!publicKey.ok) return refuse(`team-runtime:deployKey: ${publicKey.finding.sentence}`);
  const terminal = readEternalTerminal(eternalTerminal);
  if (!terminal.ok) return refuse(`${eternalTerminalSetting}: ${terminal.finding.sentence}`);
  const parsed = exported.safeParse(dataIn(state));
  if (!parsed.success) return refuse("The stack's state does not have the form that Pulumi exports.");
  const { resources } = parsed.data.deployment;
  const outputs = resources.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs;
  const servers = serversOutput.safeParse(outputs?.["servers"]);
  if (!servers.success) return refuse("The stack has no output servers of this program's form.");
  return {
    ok: true,
    stack: {
      servers: new Map(Object.entries(servers.data)),
      places: placesIn(outputs?.["roster"]),
      hopKeys: new Map(
        resources.flatMap(({ urn, outputs }): [string, string][] => {
          const server = /::([^:]+)-hop$/.exec(urn)?.[1];
          const printed = outputs?.["stdout"];
          return server === undefined || typeof printed !== "string" ? [] : [[server, printed]];
        }),
      ),
      sshFrom: sshFromOf(resources),
      ...(terminal.value === undefined ? {} : { eternalTerminal: terminal.value }),
      deployKey: {
        privateKey,
        publicKey: `${publicKey.value.type} ${publicKey.value.base64}`,
      },
    },
  };
}

function placesIn(roster: unknown): ReadonlyMap<string, string> {
  const parsed = rosterOutput.safeParse(roster);
  const entries = Object.entries(parsed.success ? parsed.data : {});
  return new Map(
    entries
      .filter(([, { state }]) => state !== "destroyed")
      .map(([login, { server }]) => [login, server ?? serverOf(login)]),
  );
}

/** The provider's firewall and the one on each server are made from the same setting. */
function sshFromOf(resources: readonly z.infer<typeof resource>[]): readonly string[] {
  const firewall = resources.find(({ type }) => type === "hcloud:index/firewall:Firewall");
  const parsed = firewallOutputs.safeParse(firewall?.outputs);
  const rule = parsed.success ? parsed.data.rules.find(({ port }) => port === "22") : undefined;
  return rule?.sourceIps ?? [];
}

function pulumi(...args: readonly string[]): Promise<ProgramResult> {
  const [command, ...first] = pulumiCommand();
  return run(command, [...first, ...args, "--non-interactive"], { cwd: projectRoot });
}

function whyNot({ stderr }: ProgramResult): string {
  return stderr.split("\n").find((line) => line.trim() !== "") ?? "Pulumi did not say why.";
}

function refuse(why: string): StackAccessReading {
  return {
    ok: false,
    sentence: `How to reach the servers is not known: ${why} Fix: select the stack (pulumi stack select) and run pulumi up once; for the sandbox, npm run sandbox.`,
  };
}

function dataIn(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
