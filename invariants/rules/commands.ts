import { breaches, type Invariant } from "../invariant";
import { notShown, ofType, plain, types, type StackResources } from "../resource";

/** Programs of the host software and nothing else; a deletion may say so by one constant word. */
const program = /^sudo \/usr\/local\/lib\/team-runtime\/[a-z-]+$/;
const removal = /^sudo \/usr\/local\/lib\/team-runtime\/[a-z-]+ --remove$/;

/** Rules about `command.remote.Command`: docs/decisions/one-access-command-per-server.md says why. */
export const commandInvariants: readonly Invariant[] = [
  {
    name: "commands-run-constant-programs",
    sentence:
      "A Command runs a constant program of the host software. Data, and secrets above all, go to its standard input.",
    remedy: "Make the Command with hostCommand(), and pass data as stdin.",
    find: commandsRunConstantPrograms,
  },
  {
    name: "commands-have-no-triggers",
    sentence:
      "A Command has no triggers: they would replace it, and a replacement runs the deletion after the creation.",
    remedy: "Put what shall run the program again into its stdin.",
    find: commandsHaveNoTriggers,
  },
  {
    name: "commands-are-not-kept",
    sentence:
      "A Command is not kept when it goes (retainOnDelete): what it did would stay without anybody knowing.",
    remedy: "Remove retainOnDelete.",
    find: commandsAreNotKept,
  },
  {
    name: "access-has-no-deletion",
    sentence:
      "An access Command has no deletion: access is taken away by an update of the document, which runs early.",
    remedy: "Remove the deletion; what the document does not name is removed by the next update.",
    find: accessHasNoDeletion,
  },
  {
    name: "commands-end-with-their-server",
    sentence: "Every Command is deletedWith its server: nothing is run on a server that goes.",
    remedy: "Make the Command with hostCommand(), with its server.",
    find: commandsEndWithTheirServer,
  },
  {
    name: "commands-pass-no-environment",
    sentence:
      "A Command passes no environment: sshd would have to accept it, and commands of other users would see it.",
    remedy: "Set addPreviousOutputInEnv to false and pass data as stdin.",
    find: commandsPassNoEnvironment,
  },
];

function commandsRunConstantPrograms(stack: StackResources): ReturnType<Invariant["find"]> {
  return breaches(
    ofType(stack, "command"),
    ({ inputs }) =>
      !(typeof inputs["create"] === "string" && program.test(inputs["create"])) ||
      inputs["update"] !== undefined ||
      !(inputs["delete"] === undefined || (typeof inputs["delete"] === "string" && isRun(inputs["delete"]))),
    "it runs something else than a constant program of the host software.",
  );
}

function isRun(text: string): boolean {
  return program.test(text) || removal.test(text);
}

function commandsHaveNoTriggers(stack: StackResources): ReturnType<Invariant["find"]> {
  return breaches(
    ofType(stack, "command"),
    ({ inputs }) => inputs["triggers"] !== undefined,
    "it has triggers.",
  );
}

function commandsAreNotKept(stack: StackResources): ReturnType<Invariant["find"]> {
  return breaches(
    ofType(stack, "command"),
    ({ retainOnDelete }) => retainOnDelete === true,
    "it is kept when it goes (retainOnDelete).",
  );
}

function accessHasNoDeletion(stack: StackResources): ReturnType<Invariant["find"]> {
  return breaches(
    ofType(stack, "command"),
    ({ name, inputs }) => name.endsWith("-access") && inputs["delete"] !== undefined,
    "it has a deletion.",
  );
}

function commandsEndWithTheirServer(stack: StackResources): ReturnType<Invariant["find"]> {
  const servers = new Set(
    stack.resources.filter(({ type }) => type === types.server).map(({ name }) => name),
  );
  return breaches(
    ofType(stack, "command"),
    ({ parent, deletedWith }) =>
      deletedWith !== notShown &&
      (deletedWith === undefined || deletedWith !== parent || !servers.has(deletedWith)),
    ({ parent, deletedWith }) =>
      deletedWith === undefined
        ? "it has no deletedWith."
        : `it is deletedWith ${String(deletedWith)}, and belongs to ${parent ?? "no server"}.`,
  );
}

function commandsPassNoEnvironment(stack: StackResources): ReturnType<Invariant["find"]> {
  return breaches(
    ofType(stack, "command"),
    (command) =>
      command.inputs["environment"] !== undefined || plain(command, "addPreviousOutputInEnv") !== false,
    "it passes an environment.",
  );
}
