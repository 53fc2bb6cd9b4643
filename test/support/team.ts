import { cpSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../config/project-root";
import { run, type ProgramResult } from "../../engine/run";
import { journeysInstance } from "./journeys-instance";
import { laptopKey, plainSsh, privateKeyFile } from "./laptop";
import { openTerminal, type Terminal, type TerminalSize } from "./terminal";

const environment = (): NodeJS.ProcessEnv => ({ ...process.env, TEAM_RUNTIME_SANDBOX: journeysInstance() });
const sandboxProgram = join(projectRoot, "dist", "sandbox", "main.js");

/** A step of `pulumi preview --json` that does something. */
export interface PreviewStep {
  readonly op: string;
  /** `dev-wes-access`, `dev-wes/lead-marcus`, … */
  readonly name: string;
  /** `command:remote:Command`, `team-runtime:index:LeadGrant`, … */
  readonly type: string;
  readonly diffReasons: readonly string[];
}

/** A terminal on a person's laptop. */
export interface LaptopTerminal {
  /** The one command that is typed there after `ssh`. */
  readonly command?: readonly string[];
  readonly size?: TerminalSize;
}

/** The dev team as an infra team has it: a folder with the team file, and servers that run. */
export interface Team {
  /** Runs `pulumi` on the stack. */
  pulumi(...args: readonly string[]): Promise<ProgramResult>;
  /** `pulumi up`, which must succeed. */
  up(): Promise<ProgramResult>;
  /** What `pulumi up` would do, without what stays as it is. */
  preview(): Promise<readonly PreviewStep[]>;
  /** Changes the team file. The text must really change. */
  edit(change: (teamFile: string) => string): void;
  /** Replaces the team file. */
  writeTeamFile(text: string): void;
  /** The access document of a server as it was last sent. */
  accessDocument(server: string): Promise<string>;
  /** Requests that the local Hetzner has got so far. */
  requestsToCloud(): Promise<number>;
  /** The folder with `team.dev.yaml`. */
  readonly folder: string;
  /** A command on the laptop of a person, through the contract's `npm run sandbox -- ssh`. */
  ssh(target: string, ...command: readonly string[]): Promise<ProgramResult>;
  /** The same in a terminal; without a command, a login. */
  terminal(target: string, options?: LaptopTerminal): Promise<Terminal>;
  /** A plain ssh with the laptop key of a person, past the contract's command: for logins that must be refused. */
  sshWithKeyOf(person: string, login: string, command: string): Promise<ProgramResult>;
  /** A plain ssh with any key to an address. */
  sshWithPrivateKey(privateKey: string, login: string, command: string): Promise<ProgramResult>;
  /** The same in a terminal. */
  terminalWithKey(keyFile: string, login: string): Promise<Terminal>;
  /** The address of a server, as the stack exports it. */
  addressOf(server: string): Promise<string>;
  /** A command as root on a machine, past sshd; it must succeed. */
  root(server: string, command: string): Promise<string>;
  /** The same with something on standard input. */
  rootWithInput(server: string, command: string, input: string): Promise<string>;
  /** How many things of a kind (`servers`, `ssh_keys`, …) the local Hetzner holds, asked at its API. */
  cloudHolds(kind: string): Promise<number>;
  /** Logins over SSH that a server's sshd has accepted so far. */
  logins(server: string): Promise<number>;
}

/**
 * The dev team with the committed team file applied: starts the sandbox or takes over the running one, so that each file of
 * journeys can stand alone and all together share three machines.
 */
export async function developmentTeam(): Promise<Team> {
  await must(sandbox([]), "npm run sandbox");
  return makeTeam(projectFolder());
}

/** Ends the machines of this run's instance. */
export async function endDevelopmentTeam(): Promise<void> {
  await must(sandbox(["down"]), "npm run sandbox -- down");
}

/** The sandbox's command line, as `npm run sandbox --` calls it. */
export async function sandbox(
  args: readonly string[],
  cwd: string = projectRoot,
  input = "",
): Promise<ProgramResult> {
  return run(process.execPath, [sandboxProgram, ...args], { cwd, env: environment(), input });
}

function makeTeam(folder: string): Team {
  const teamFile = join(folder, "team.dev.yaml");
  const pulumi = (...args: readonly string[]): Promise<ProgramResult> =>
    sandbox(["exec", "pulumi", ...args, "--non-interactive"], folder);
  const addressOf = async (server: string): Promise<string> => {
    const { stdout } = await must(pulumi("stack", "output", "servers", "--json"), "pulumi stack output");
    const address = (JSON.parse(stdout) as Record<string, { readonly address: string }>)[server]?.address;
    if (address === undefined) throw new Error(`The stack has no server ${server}.`);
    return address;
  };
  return {
    folder,
    pulumi,
    up: () => must(pulumi("up", "--yes", "--skip-preview"), "pulumi up"),
    preview: async () => previewSteps(await must(pulumi("preview", "--json"), "pulumi preview")),
    edit: (change) => {
      const before = readFileSync(teamFile, "utf8");
      const after = change(before);
      if (after === before) throw new Error("The change of the team file changes nothing.");
      writeFileSync(teamFile, after);
    },
    writeTeamFile: (text) => {
      writeFileSync(teamFile, text);
    },
    accessDocument: async (server) => {
      const { stdout } = await must(pulumi("stack", "export"), "pulumi stack export");
      return documentOf(JSON.parse(stdout) as Deployment, server);
    },
    requestsToCloud: async () => {
      const answer = await fetch(new URL("/sandbox/requests", await endpoint()));
      return ((await answer.json()) as { requests: readonly unknown[] }).requests.length;
    },
    ssh: (target, ...command) => sandbox(["ssh", target, ...command]),
    terminal: (target, { command = [], size } = {}) =>
      openTerminal([process.execPath, sandboxProgram, "ssh", target, ...command], environment(), size),
    sshWithKeyOf: async (person, login, command) => {
      const [user = "", server = ""] = login.split("@");
      return run("ssh", [...plainSsh(laptopKey(person), `${user}@${await addressOf(server)}`), command]);
    },
    sshWithPrivateKey: (privateKey, login, command) =>
      run("ssh", [...plainSsh(privateKeyFile(privateKey), login), command]),
    terminalWithKey: (keyFile, login) =>
      openTerminal(["ssh", "-tt", ...plainSsh(keyFile, login)], environment()),
    addressOf,
    root: async (server, command) =>
      (await must(sandbox(["root", server, "sh", "-c", command]), `${server}: ${command}`)).stdout.trim(),
    rootWithInput: async (server, command, input) =>
      (await must(sandbox(["root", server, "sh", "-c", command], folder, input), `${server}: ${command}`))
        .stdout,
    cloudHolds: async (kind) => {
      const response = await fetch(`${await endpoint()}/${kind}`, {
        headers: { Authorization: `Bearer ${"x".repeat(64)}` },
      });
      const listed = (await response.json()) as Record<string, readonly unknown[]>;
      return listed[kind]?.length ?? Number.NaN;
    },
    logins: async (server) => {
      const { stdout } = await sandbox([
        "root",
        server,
        "sh",
        "-c",
        "journalctl --unit=ssh --output=cat --no-pager | grep -c '^Accepted publickey for' || true",
      ]);
      return Number(stdout.trim());
    },
  };
}

async function endpoint(): Promise<string> {
  return (await must(sandbox(["exec", "printenv", "HCLOUD_ENDPOINT"]), "printenv")).stdout.trim();
}

interface Deployment {
  readonly deployment: {
    readonly resources: readonly { readonly urn: string; readonly inputs?: { readonly stdin?: string } }[];
  };
}

function documentOf({ deployment }: Deployment, server: string): string {
  const found = deployment.resources.find(({ urn }) => urn.endsWith(`::${server}-access`))?.inputs?.stdin;
  if (found === undefined) throw new Error(`The state has no access document of ${server}.`);
  return found;
}

/** A folder with the project's own stack files, beside the clone's compiled program, so that tests can edit the team file. */
function projectFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "team-"));
  for (const file of ["Pulumi.yaml", "Pulumi.dev.yaml", "package.json", "team.dev.yaml"]) {
    cpSync(join(projectRoot, file), join(folder, file));
  }
  for (const directory of ["dist", "node_modules"])
    symlinkSync(join(projectRoot, directory), join(folder, directory));
  return folder;
}

async function must(result: Promise<ProgramResult>, what: string): Promise<ProgramResult> {
  const { code, stdout, stderr } = await result;
  if (code !== 0) throw new Error(`${what} ended with ${String(code)}:\n${stdout}\n${stderr}`);
  return { code, stdout, stderr };
}

interface PreviewDigest {
  readonly steps: readonly {
    readonly op: string;
    readonly urn: string;
    readonly diffReasons?: readonly string[];
  }[];
}

function previewSteps({ stdout }: ProgramResult): readonly PreviewStep[] {
  const digest = JSON.parse(stdout) as PreviewDigest;
  return digest.steps
    .filter(({ op, urn }) => !["same", "read"].includes(op) && !urn.includes("::pulumi:pulumi:"))
    .map(({ op, urn, diffReasons }) => {
      const [, , types = "", ...name] = urn.split("::");
      return {
        op,
        name: name.join("::"),
        type: types.split("$").at(-1) ?? "",
        diffReasons: diffReasons ?? [],
      };
    });
}
