import type { Command } from "commander";
import { importState, type ImportReach } from "./import";
import { offboard } from "./offboard";
import { teamOption } from "./team-option";
import type { Terminal } from "./terminal";

/** What the commands of bad days need from the program that they belong to. */
export interface OperatorCommandsContext {
  readonly reach: ImportReach;
  readonly terminal: Terminal;
  /** The team file that a command was given, or the default. */
  readonly fileOf: (options: { readonly team?: string }) => string;
  /** Takes the exit code. */
  readonly done: (code: number) => void;
}

/** Adds the commands that operators need on a bad day and that reach no server: `import` and `offboard`. */
export function addOperatorCommands(program: Command, context: OperatorCommandsContext): void {
  const { reach, terminal, fileOf, done } = context;

  program
    .command("import")
    .description(
      "For a lost state: prints the file with which pulumi import takes over what the Hetzner project holds.",
    )
    .addOption(teamOption())
    .option("--known-hosts <file...>", "files with lines such as `dev-wes ssh-ed25519 AAAA…`", [])
    .addHelpText(
      "after",
      "\nChanges nothing, and says what to do next.\n\nExit code: 0 printed, 2 the team file or the settings are not valid, or there is nothing to take over, 3 Hetzner could not be asked.\n\nExample:\n  npm run -s team -- import --known-hosts ~/.ssh/team-runtime-known-hosts > import.json",
    )
    .action(async (options: { team?: string; knownHosts: readonly string[] }) => {
      done(await importState({ file: fileOf(options), knownHosts: options.knownHosts }, reach, terminal));
    });

  program
    .command("offboard")
    .description(
      "Prints what a leaver loses by the team file, and a checklist of what must be taken back elsewhere.",
    )
    .argument("<person>", "login, such as kim")
    .addOption(teamOption())
    .addHelpText(
      "after",
      "\nExit code: 0 the person has left, 1 is still active, 2 is not in the file.\n\nExample:\n  npm run -s team -- offboard kim",
    )
    .action((person: string, options: { team?: string }) => {
      done(offboard(person, fileOf(options), terminal));
    });
}
