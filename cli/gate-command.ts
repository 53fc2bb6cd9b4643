import { Option, type Command } from "commander";
import { gate, type GateRequest } from "./gate";
import { teamOption } from "./team-option";
import type { Terminal } from "./terminal";

/** What the command needs from the program that it belongs to. */
export interface GateCommandContext {
  readonly terminal: Terminal;
  /** The team file where neither an option nor a preview says which. */
  readonly defaultTeam: string;
  /** Takes the exit code. */
  readonly done: (code: number) => void;
}

interface GateOptions {
  readonly since?: string;
  readonly team?: string;
  readonly allowDestroy: readonly string[];
  readonly labels?: string;
  readonly json?: boolean;
  readonly markdown?: boolean;
}

/** Adds the command `gate`. */
export function addGateCommand(program: Command, context: GateCommandContext): void {
  program
    .command("gate")
    .description("Judges a change: the team file, and what a preview would do. Refuses what must not go on.")
    .argument(
      "[preview]",
      "file with the output of pulumi preview --json --show-sames, or - for standard input",
    )
    .addOption(
      new Option("--since <old>", "compare the team file with this file, git revision or REVISION:PATH"),
    )
    .addOption(teamOption())
    .addOption(
      new Option("--allow-destroy <server>", "this server may be destroyed or replaced; may be repeated")
        .argParser((server: string, servers: readonly string[]) => [...servers, server])
        .default([], "none"),
    )
    .addOption(new Option("--labels <json>", "labels of the pull request; allow-destroy:SERVER allows"))
    .addOption(new Option("--json", "as JSON (docs/gate.md)").conflicts("markdown"))
    .addOption(new Option("--markdown", "as a comment for a pull request"))
    .addHelpText(
      "after",
      "\nExit code: 0 nothing to refuse, 1 refused, 2 an input is not valid.\n\nExample:\n  pulumi preview --json --show-sames | npm run -s team -- gate - --since main",
    )
    .action((preview: string | undefined, options: GateOptions) => {
      const { since, team, labels, allowDestroy: allowed } = options;
      const format = options.json === true ? "json" : options.markdown === true ? "markdown" : "text";
      const request: GateRequest = {
        ...(preview === undefined ? {} : { preview }),
        ...(since === undefined ? {} : { since }),
        ...(team === undefined ? {} : { team }),
        ...(labels === undefined ? {} : { labels }),
        allowed,
        format,
        defaultTeam: context.defaultTeam,
        now: Date.now(),
      };
      context.done(gate(request, context.terminal));
    });
}
