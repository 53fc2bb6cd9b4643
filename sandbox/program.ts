import { Command } from "commander";
import type { Progress } from "../engine/progress";
import { UserError } from "../engine/user-error";
import { down } from "./commands/down";
import { exec } from "./commands/exec";
import { powerOn } from "./commands/poweron";
import { root } from "./commands/root";
import { ssh } from "./commands/ssh";
import { status } from "./commands/status";
import { up } from "./commands/up";

/** Builds the parser with all commands. `done` gets the exit code of the one that runs. */
export function sandboxProgram(progress: Progress, done: (code: number) => void): Command {
  const program = new Command("npm run sandbox --")
    .description("A local Hetzner: the production program against real Debian machines on this host.")
    // What follows a command's first word belongs to that command, flags included.
    .enablePositionalOptions();
  program
    .command("up", { isDefault: true })
    .description("start the sandbox and apply the team file (what `npm run sandbox` alone does)")
    .option("--offline", "let machines reach nothing outside the sandbox", false)
    // As the default command it gets every word that is no command's name.
    .allowExcessArguments()
    .addHelpText("after", example("npm run sandbox"))
    .action(async ({ offline }: { offline: boolean }, { args }: Command) => {
      if (args.length > 0) refuseUnknown(program);
      done(await up(offline, progress));
    });
  program
    .command("down")
    .description("stop everything of this sandbox and remove it")
    .addHelpText("after", example("npm run sandbox -- down"))
    .action(async () => {
      done(await down(progress));
    });
  program
    .command("exec")
    .description("run a command with the sandbox's environment")
    .argument("<command...>", "the command and its arguments, taken as they are")
    .passThroughOptions()
    .allowUnknownOption()
    .addHelpText("after", example("npm run sandbox -- exec pulumi preview --diff"))
    .action(async (command: string[]) => {
      done(await exec(command, progress));
    });
  program
    .command("ssh")
    .description("log in as a person of the team, from that person's laptop")
    .argument("<person@server>", "who, and where")
    .argument("[command...]", "the command to run there; a shell if none is given")
    .passThroughOptions()
    .allowUnknownOption()
    .addHelpText("after", example("npm run sandbox -- ssh marcus@dev-wes sudo -u wes-agent tmux ls"))
    .action(async (target: string, command: string[]) => {
      done(await ssh(target, command, progress));
    });
  program
    .command("root")
    .description("run a command as root on a server, past sshd")
    .argument("<server>", "the server's name")
    .argument("[command...]", "the command and its arguments; a shell if none is given")
    .passThroughOptions()
    .allowUnknownOption()
    .addHelpText("after", example("npm run sandbox -- root dev-wes journalctl -u ssh"))
    .action(async (server: string, command: string[]) => {
      done(await root(server, command));
    });
  program
    .command("poweron")
    .description("switch on a server that was powered off")
    .argument("<server>", "the server's name")
    .addHelpText("after", example("npm run sandbox -- poweron dev-wes"))
    .action(async (server: string) => {
      done(await powerOn(server, progress));
    });
  program
    .command("status")
    .description("show what of this sandbox runs")
    .addHelpText("after", example("npm run sandbox -- status"))
    .action(async () => {
      done(await status());
    });
  return program;
}

function refuseUnknown({ args, commands }: Command): never {
  const names = commands.map((command) => command.name()).join(", ");
  throw new UserError(
    `There is no command \`${args.join(" ")}\`. Fix: take one of ${names}; \`npm run sandbox -- --help\` says what they do.`,
  );
}

function example(command: string): string {
  return `\nExample: ${command}`;
}
