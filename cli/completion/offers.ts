import type { Argument, Command, Option } from "commander";

/** A word that may come next, and what it means. */
export interface Offer {
  readonly word: string;
  readonly meaning: string;
}

/** The names in the team file that a command line may hold. Asked for only where one may stand. */
export interface Names {
  people(): readonly string[];
  servers(): readonly string[];
}

/**
 * What may stand where the last word is being typed. Empty where a file or free text may stand.
 *
 * @param words The words after `team`, the last one unfinished or empty.
 */
export function offersFor(program: Command, words: readonly string[], names: Names): readonly Offer[] {
  const typed = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  return offersBefore(program, before, typed.startsWith("-"), names).filter(({ word }) =>
    word.startsWith(typed),
  );
}

function offersBefore(
  program: Command,
  before: readonly string[],
  isOption: boolean,
  names: Names,
): readonly Offer[] {
  const [name, ...rest] = before;
  const command = program.commands.find((one) => one.name() === name);
  if (command === undefined) return name === undefined ? commandsOf(program) : [];
  const options = command.createHelp().visibleOptions(command);
  const last = options.find(({ long }) => long !== undefined && long === rest.at(-1));
  if (last !== undefined && takesValue(last)) return valuesOf(last, names);
  if (isOption) return optionsOf(options, rest);
  const argument = command.registeredArguments[operands(rest, options).length];
  return argument === undefined ? optionsOf(options, rest) : valuesOf(argument, names);
}

function commandsOf(program: Command): readonly Offer[] {
  return program
    .createHelp()
    .visibleCommands(program)
    .filter((command) => command.name() !== "help")
    .map((command) => ({ word: command.name(), meaning: firstSentence(command.description()) }));
}

/** Options that are not there yet. */
function optionsOf(options: readonly Option[], rest: readonly string[]): readonly Offer[] {
  return options.flatMap(({ long, description, variadic }) =>
    long === undefined || (rest.includes(long) && !variadic)
      ? []
      : [{ word: long, meaning: firstSentence(description) }],
  );
}

function valuesOf(place: Argument | Option, names: Names): readonly Offer[] {
  const choices = place.argChoices ?? [];
  if (choices.length > 0) return choices.map((word) => ({ word, meaning: place.description }));
  const flags = "flags" in place ? place.flags : `<${place.name()}>`;
  if (flags.includes("<person>")) return names.people().map((word) => ({ word, meaning: "person" }));
  if (flags.includes("<server>")) return names.servers().map((word) => ({ word, meaning: "server" }));
  return [];
}

function operands(rest: readonly string[], options: readonly Option[]): readonly string[] {
  return rest.filter((word, index) => {
    if (word.startsWith("-")) return false;
    const option = options.find(({ long }) => long !== undefined && long === rest[index - 1]);
    return option === undefined || !takesValue(option);
  });
}

function takesValue({ required, optional }: Option): boolean {
  return required || optional;
}

/** Without what stands behind it or in brackets: a line beside a word has little room. */
function firstSentence(text: string): string {
  return /^.*?\.(?= )/s.exec(text)?.[0] ?? text.replace(/ \(.*$/s, "");
}
