import { Argument, type Command } from "commander";
import { loadTeam } from "../config/load";
import { plan } from "../config/plan";
import { projectRoot } from "../config/project-root";
import { offersFor, type Names } from "./completion/offers";
import { completionScript, shells, type Shell } from "./completion/script";
import type { Terminal } from "./terminal";

/** What the commands need from the program that they belong to. */
export interface CompletionCommandsContext {
  readonly terminal: Terminal;
  /** The team file that a command was given, or the default. */
  readonly fileOf: (options: { readonly team?: string }) => string;
}

/** Adds `completion`, which prints what a shell reads, and the hidden `complete`, which that script asks at each Tab. */
export function addCompletionCommands(program: Command, context: CompletionCommandsContext): void {
  const { terminal, fileOf } = context;

  program
    .command("completion")
    .description("Prints a script that gives a shell the command team, with completion.")
    .addArgument(new Argument("<shell>", "which shell").choices(shells))
    .addHelpText(
      "after",
      "\nExample:\n  npm run -s team -- completion bash >> ~/.bashrc\n\nFor zsh the file is ~/.zshrc, for fish ~/.config/fish/config.fish.",
    )
    .action((shell: Shell) => {
      terminal.print(completionScript(shell, projectRoot));
    });

  program
    .command("complete", { hidden: true })
    .description(
      "Prints what may come next: one word a line, a tab, what it means. For the scripts of completion.",
    )
    .argument("[words...]", "the words after team, the last one unfinished")
    .addHelpText("after", "\nExample:\n  npm run -s team -- complete -- freeze w")
    .action((words: readonly string[]) => {
      const team = words[words.indexOf("--team") + 1];
      const file = fileOf(words.includes("--team") && team !== undefined ? { team } : {});
      const offers = offersFor(program, words, namesIn(file));
      terminal.print(offers.map(({ word, meaning }) => `${word}\t${meaning}\n`).join(""));
    });
}

/** A team file that is being edited may not be valid: then nothing is offered, and nothing is said. */
function namesIn(file: string): Names {
  const servers = (): ReturnType<typeof plan>["servers"] => {
    try {
      return plan(loadTeam(file, { throwawayKeys: "allowed" }).team).servers;
    } catch {
      return [];
    }
  };
  return {
    people: () => servers().flatMap(({ agents }) => agents.map(({ owner }) => owner)),
    servers: () => servers().map(({ name }) => name),
  };
}
