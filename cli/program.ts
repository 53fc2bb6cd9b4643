import { basename } from "node:path";
import { Command, CommanderError, Option } from "commander";
import { access } from "./access";
import { check } from "./check";
import { addCompletionCommands } from "./completion-commands";
import { diff } from "./diff";
import { addGateCommand } from "./gate-command";
import { listHetzner } from "./hetzner-api";
import { addOperatorCommands } from "./operator-commands";
import { render } from "./render";
import { addServerCommands } from "./server-commands";
import { stackReach } from "./server-reach";
import { sshConfig } from "./ssh-config";
import { readStackHetzner } from "./stack-hetzner";
import type { StackServers } from "./stack-servers";
import { defaultTeamFile, teamOption } from "./team-option";
import { exitCodes } from "./terminal";
import type { Terminal } from "./terminal";

interface SshConfigOptions {
  readonly team?: string;
  readonly config?: boolean;
  readonly knownHosts?: boolean;
  readonly identity?: string;
  readonly agent?: string;
}

/** What the commands need from outside. */
export interface TeamContext {
  readonly environment: NodeJS.ProcessEnv;
  readonly terminal: Terminal;
  /** How the servers of the selected stack are reached. Called only by commands that need it. */
  readonly readServers: () => StackServers;
}

/** Runs `team` with the words after its name and returns the exit code: 0, or 2 when the input is not valid; `diff` has 1 as well. */
export async function runTeam(words: readonly string[], context: TeamContext): Promise<number> {
  let exitCode: number = exitCodes.fine;
  const program = teamProgram(context, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync([...words], { from: "user" });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? exitCodes.fine : exitCodes.invalid;
  }
}

/** Builds the parser with all commands. `done` gets the exit code of the one that runs. */
export function teamProgram(context: TeamContext, done: (code: number) => void): Command {
  const { environment, terminal, readServers } = context;
  const fileOf = (options: { readonly team?: string }): string =>
    options.team ?? defaultTeamFile(environment);

  const program = new Command("team")
    .description("Who may reach whose agents: from the team file, and on the servers.")
    .usage("COMMAND [options]")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        terminal.print(text);
      },
      writeErr: (text) => {
        terminal.complain(text);
      },
      outputError: (text, write) => {
        write(asSentence(text));
      },
    });

  program
    .command("check")
    .description("Checks a team file: every problem at once, as FILE:LINE:COL: PATH: sentence. Fix: …")
    .addOption(teamOption())
    .addHelpText("after", "\nExample:\n  npm run -s team -- check --team team.prod.yaml")
    .action((options: { team?: string }) => {
      done(check(fileOf(options), terminal));
    });

  program
    .command("access")
    .description("Prints who can reach what: person, server, account, how, mode, until, why.")
    .addOption(teamOption())
    .addOption(new Option("--json", "as JSON (docs/access.md)").conflicts(["csv", "html"]))
    .addOption(new Option("--csv", "as comma-separated values").conflicts(["html"]))
    .addOption(new Option("--html", "as one page with a map, search and filters"))
    .addHelpText("after", "\nExample:\n  npm run -s team -- access --html > access.html")
    .action((options: { team?: string; json?: boolean; csv?: boolean; html?: boolean }) => {
      const { json, csv, html } = options;
      const format = json === true ? "json" : csv === true ? "csv" : html === true ? "html" : "text";
      done(access({ file: fileOf(options), format, now: Date.now() }, terminal));
    });

  program
    .command("diff")
    .description("Prints what a change of the team file changes, in sentences, what gives access first.")
    .argument("<old>", "file, git revision such as main, or REVISION:PATH")
    .argument("<new>", "the same")
    .addOption(new Option("--json", "as JSON (docs/access.md)").conflicts("markdown"))
    .addOption(new Option("--markdown", "as a comment for a pull request"))
    .addHelpText(
      "after",
      "\nExit code: 0 no change, 1 a change, 2 one of the two is not valid.\n\nExample:\n  npm run -s team -- diff main team.prod.yaml",
    )
    .action((before: string, after: string, options: { json?: boolean; markdown?: boolean }) => {
      const format = options.json === true ? "json" : options.markdown === true ? "markdown" : "text";
      const defaultPath = basename(defaultTeamFile(environment));
      done(diff({ before, after, defaultPath, format, now: Date.now() }, terminal));
    });

  addGateCommand(program, { terminal, defaultTeam: defaultTeamFile(environment), done });

  program
    .command("render")
    .description(
      "Prints the access document of a server as it would be sent; null for what only an update knows.",
    )
    .argument("<server>", "such as dev-wes")
    .addOption(teamOption())
    .addHelpText("after", "\nExample:\n  npm run -s team -- render dev-wes")
    .action((server: string, options: { team?: string }) => {
      done(render(server, fileOf(options), terminal));
    });

  program
    .command("ssh-config")
    .description("Prints a person's ~/.ssh/config block and the pinned host keys that go with it.")
    .argument("<person>", "login, such as wes")
    .addOption(teamOption())
    .addOption(new Option("--config", "print only the block for ~/.ssh/config").conflicts("knownHosts"))
    .addOption(new Option("--known-hosts", "print only the host keys"))
    .addOption(
      new Option(
        "--identity <file>",
        "on the laptop: the key, or the public half of one that an agent holds",
      ),
    )
    .addOption(new Option("--agent <socket>", "on the laptop: socket of the agent that holds the key"))
    .addHelpText(
      "after",
      "\nExample:\n  npm run -s team -- ssh-config wes --known-hosts > ~/.ssh/team-runtime-known-hosts\n  npm run -s team -- ssh-config wes --config --identity '~/.ssh/id_ecdsa.pub' > ~/.ssh/team-runtime.conf\n\ndocs/laptop.md says where these go, and which keys live in hardware.",
    )
    .action((person: string, options: SshConfigOptions) => {
      const { config, knownHosts, identity, agent } = options;
      const part = config === true ? "config" : knownHosts === true ? "known-hosts" : "both";
      const key = {
        ...(identity === undefined ? {} : { identityFile: identity }),
        ...(agent === undefined ? {} : { identityAgent: agent }),
      };
      done(sshConfig({ person, file: fileOf(options), part, key }, readServers, terminal));
    });

  addOperatorCommands(program, {
    reach: { readStack: () => readStackHetzner(environment), list: listHetzner },
    terminal,
    fileOf,
    done,
  });
  addServerCommands(program, { reach: stackReach, terminal, fileOf, done });
  addCompletionCommands(program, { terminal, fileOf });
  return program;
}

/** `error: unknown option '--x'` → `Unknown option '--x'. Fix: …` */
function asSentence(text: string): string {
  const [first = "", ...rest] = text
    .trim()
    .replace(/^error: /, "")
    .split("\n");
  const hint = rest.join(" ").replace(/^\(|\)$/g, "");
  const sentence = `${first.charAt(0).toUpperCase()}${first.slice(1)}.`;
  return `${sentence}${hint === "" ? "" : ` ${hint}`} Fix: see npm run -s team -- --help\n`;
}
