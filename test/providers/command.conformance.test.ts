/** Proves that the stand-in for the command plugin does what the official one was recorded doing, case by case. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { commandProvider } from "../../sandbox/providers/command/command-provider";
import { secret, type Properties } from "../../sandbox/providers/protocol/property-values";
import { connectPlugin, type PluginClient } from "./plugin-client";
import { asRecorded, readRecording, sortedSteps, type RecordedCase } from "./recordings";
import { SmallStack, type Declared } from "./small-stack";
import { startSshServer, type TestSshServer } from "./ssh-server";

let ssh: TestSshServer;
let plugin: PluginClient;
let stack: SmallStack;

beforeAll(async () => {
  ssh = await startSshServer();
  plugin = await connectPlugin(commandProvider);
  await plugin.configure({});
  stack = new SmallStack({ command: plugin });
});
afterAll(async () => {
  plugin.close();
  await ssh.close();
});

function connection(changes: Properties = {}) {
  const reached = { host: "127.0.0.1", port: ssh.port, user: "deploy", privateKey: ssh.privateKey };
  return secret({ ...reached, dialErrorLimit: 3, perDialTimeout: 15, ...changes });
}

const jsonText = (data: object) => `${JSON.stringify(data, null, 1)}\n`;

/** The inputs of each case beyond `create: "cat; echo created"` and the connection, as the recordings imply them. */
const changes: Readonly<Record<string, () => Properties>> = {
  create: () => ({ stdin: "one\n" }),
  "no change": () => ({ stdin: "one\n" }),
  "stdin changed, no update given: create runs again": () => ({ stdin: "two\n" }),
  "update given and stdin changed": () => ({
    stdin: "three\n",
    update: "cat; echo updated $PULUMI_COMMAND_STDOUT",
  }),
  "only delete text changed": () => ({
    stdin: "three\n",
    update: "cat; echo updated $PULUMI_COMMAND_STDOUT",
    delete: "echo bye",
  }),
  "addPreviousOutputInEnv off": () => ({
    stdin: "four\n",
    update: "cat; echo updated",
    delete: "echo bye",
    addPreviousOutputInEnv: false,
  }),
  "logging none, secret stdin": () => ({
    stdin: secret("hidden\n"),
    update: "cat >/dev/null; echo updated; echo err >&2",
    delete: "echo bye",
    addPreviousOutputInEnv: false,
    logging: "none",
  }),
  "json stdin": () => ({ stdin: jsonText({ a: [1, 2], b: "x" }), addPreviousOutputInEnv: false }),
  "json stdin changed": () => ({ stdin: jsonText({ a: [1], b: "y" }), addPreviousOutputInEnv: false }),
  "triggers added": () => ({ stdin: "five\n", addPreviousOutputInEnv: false, triggers: ["1"] }),
  "triggers changed": () => ({
    stdin: "five\n",
    addPreviousOutputInEnv: false,
    triggers: ["2"],
    delete: "echo deleting",
  }),
  "environment refused by sshd": () => ({
    stdin: "five\n",
    addPreviousOutputInEnv: false,
    triggers: ["2"],
    delete: "echo deleting",
    environment: { FOO: "bar" },
  }),
  "update fails with code 3": () => ({
    stdin: "six\n",
    addPreviousOutputInEnv: false,
    triggers: ["2"],
    update: "cat; echo out; echo oops >&2; exit 3",
  }),
  "host key pinned, right": () => afterwards("seven\n", { hostKey: ssh.hostKey }),
  "host key pinned, wrong": () => afterwards("eight\n", { hostKey: `${ssh.hostKey}A` }),
  "host key of another kind": () => afterwards("eight\n", { hostKey: ecdsaKey }),
  "nobody listens": () => afterwards("eight\n", { host: "127.77.0.99", port: 22 }),
  "wrong user": () => afterwards("eight\n", { user: "nobody" }),
};

function afterwards(stdin: string, changed: Properties): Properties {
  return { stdin, addPreviousOutputInEnv: false, triggers: ["2"], connection: connection(changed) };
}

const ecdsaKey =
  "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBEmKSENjQEezOmxkZMy7opKgwFB9nkt5YRrYMjNuG5N87uRgg6CLrbo5wAdT/y6v0mKV0U2w0WZ2YB/++Tpockg=";

function programOf({ case: name }: RecordedCase): Declared[] {
  const inputs = changes[name]?.();
  return inputs === undefined
    ? []
    : [
        {
          type: "command:remote:Command",
          name: "c",
          inputs: { connection: connection(), create: "cat; echo created", ...inputs },
        },
      ];
}

describe("recorded cases, one after the other", () => {
  test.each(readRecording("command.json"))("$case", async (recorded) => {
    const program = programOf(recorded);
    expect(sortedSteps(await stack.preview(program))).toEqual(sortedSteps(recorded.steps));

    plugin.messages.length = 0;
    const failure = await stack.up(program).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    expect(failure === undefined ? "yes" : "failed").toBe(recorded.applied);
    const shown = [...plugin.messages, ...(failure === undefined ? [] : [`error: ${failure}`])];
    const firstLines = shown.map((message) => message.split("\n")[0] ?? "");
    // Sorted: two outputs of one command have no order between them.
    expect(firstLines.sort()).toEqual([...(recorded.messages ?? [])].sort());

    const state = stack.state.map(asRecorded).map(({ id, inputs, outputs }) => ({
      id: id.replace(/[0-9a-f]{8}$/, "<8 hex>"),
      inputs,
      outputs,
      additionalSecretOutputs: ["connection"],
    }));
    expect(state).toEqual(recorded.state);
  });
});
