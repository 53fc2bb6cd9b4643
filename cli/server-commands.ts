import type { Command } from "commander";
import { audit } from "./audit";
import { freeze, thaw } from "./freeze";
import type { ServerReach } from "./server-reach";
import { teamOption } from "./team-option";
import type { Terminal } from "./terminal";

/** What the commands that reach servers need from the program that they belong to. */
export interface ServerCommandsContext {
  readonly reach: ServerReach;
  readonly terminal: Terminal;
  /** The team file that a command was given, or the default. */
  readonly fileOf: (options: { readonly team?: string }) => string;
  /** Takes the exit code. */
  readonly done: (code: number) => void;
}

/** Adds the commands that reach servers: `audit`, `freeze` and `thaw`. */
export function addServerCommands(program: Command, context: ServerCommandsContext): void {
  const { reach, terminal, fileOf, done } = context;

  program
    .command("audit")
    .description(
      "Asks every server over SSH how it differs from the team file. Changes nothing without --repair.",
    )
    .addOption(teamOption())
    .option("--json", "as JSON (docs/audit.md)")
    .option("--repair", "apply the access documents again where they are not in force")
    .addHelpText(
      "after",
      "\nExit code: 0 clean, 1 drift, 2 the team file or the stack is not valid, 3 a server could not be asked (whatever the others say).\n\nExample:\n  npm run -s team -- audit --json > audit.json",
    )
    .action(async (options: { team?: string; json?: boolean; repair?: boolean }) => {
      const { json = false, repair = false } = options;
      done(await audit({ file: fileOf(options), json, repair }, reach, terminal));
    });

  program
    .command("freeze")
    .description("Stops a person's agent at once, keeps evidence, and blocks it until it is thawed.")
    .argument("<person>", "login, such as wes")
    .addHelpText("after", "\nExample:\n  npm run -s team -- freeze wes")
    .action(async (person: string) => {
      done(await freeze(person, reach, terminal));
    });

  program
    .command("thaw")
    .description("Lets a frozen agent run again, with the access of the team file as it was last applied.")
    .argument("<person>", "login, such as wes")
    .addHelpText("after", "\nExample:\n  npm run -s team -- thaw wes")
    .action(async (person: string) => {
      done(await thaw(person, reach, terminal));
    });
}
