import type { Command } from "commander";
import { describe, expect, test } from "vitest";
import { teamProgram } from "../../cli/program";
import { sandboxProgram } from "../../sandbox/program";
import { lineProgress } from "../../engine/progress";

/** A command line program with what stands before its commands in a shell. */
interface Tool {
  readonly invocation: string;
  /** The parser, with output kept from the terminal and nothing called. */
  readonly parser: () => Command;
}

const unused = (): never => {
  throw new Error("Help reaches for nothing.");
};

const tools: readonly Tool[] = [
  {
    invocation: "npm run -s team --",
    parser: () =>
      quiet(
        teamProgram(
          { environment: {}, terminal: { print: unused, complain: unused }, readServers: unused },
          unused,
        ),
      ),
  },
  { invocation: "npm run sandbox --", parser: () => quiet(sandboxProgram(lineProgress(), unused)) },
];

const commandsOf = tools.flatMap((tool) =>
  tool
    .parser()
    .commands.map((command) => [`${tool.invocation} ${command.name()}`, tool, command.name()] as const),
);

test("there are as many commands as the programs have", () => {
  expect(commandsOf.length).toBeGreaterThan(18);
});

describe.each(commandsOf)("%s --help", (_shown, tool, name) => {
  const help = helpOf(tool.parser(), name);

  test("says what it does, in a sentence, and what every argument and option means", () => {
    const command = commandOf(tool.parser(), name);
    expect(command.description()).toMatch(/\S+ \S+/);
    for (const argument of command.registeredArguments)
      expect([argument.name(), argument.description]).toEqual([argument.name(), expect.stringMatching(/\S/)]);
    for (const { flags, description } of command.options)
      expect([flags, description]).toEqual([flags, expect.stringMatching(/\S/)]);
  });

  test("shows an example, which the program itself accepts", async () => {
    const examples = examplesIn(help, tool.invocation.replace(/ --$/, ""));
    expect(examples.length).toBeGreaterThan(0);
    for (const words of examples) {
      const parser = tool.parser();
      const ran: string[] = [];
      for (const command of parser.commands)
        command.action(() => {
          ran.push(command.name());
        });
      await parser.parseAsync([...words], { from: "user" });
      expect([words, ran]).toEqual([words, [name]]);
    }
  });

  test("has no colours", () => {
    expect(help).not.toContain("\u001b");
  });
});

/** The words of each example after the program's name, without what the shell does with the output. */
function examplesIn(help: string, program: string): readonly (readonly string[])[] {
  const [, after = ""] = /\nExamples?:([^]*)$/.exec(help) ?? [];
  return after.split("\n").flatMap((line) => {
    const [, words] = new RegExp(`${program}(?: --)?((?: .*)?)$`).exec(line) ?? [];
    if (words === undefined) return [];
    const own = words.replace(/ >>? .*$/, "").split(" ");
    return [own.filter((word) => word !== "")];
  });
}

function quiet(program: Command): Command {
  for (const command of [program, ...program.commands])
    command.exitOverride().configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
  return program;
}

function commandOf(program: Command, name: string): Command {
  const command = program.commands.find((one) => one.name() === name);
  if (command === undefined) throw new Error(`There is no command ${name}.`);
  return command;
}

/** What --help prints, with the text that is added after it. */
function helpOf(program: Command, name: string): string {
  let text = "";
  const command = commandOf(program, name);
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
  });
  command.outputHelp();
  return text;
}
