import { randomBytes } from "node:crypto";

import {
  isObject,
  plainProperties,
  textOf,
  unknownValue,
  withoutSecrets,
  type Properties,
} from "../protocol/property-values";
import { changedProperties, structuralDiff } from "../protocol/property-diff";
import { nameOf } from "../protocol/provider-service";
import type { Operation, Resource } from "../protocol/resource";
import { refusals } from "../protocol/supported-properties";
import { connectionOf, supportedConnection } from "./connection";
import { dialWithRetries } from "./dial-with-retries";
import { acceptedVariables, refuseUnacceptedVariables } from "./environment";
import { runCommand, type RemoteResult } from "./run-command";

const supported = {
  required: ["connection"],
  optional: [
    "addPreviousOutputInEnv",
    "create",
    "delete",
    "environment",
    "logging",
    "stdin",
    "triggers",
    "update",
  ],
};

/** `command:remote:Command` of the official plugin 1.2.1. */
export const remoteCommand: Resource = {
  check: (inputs) => [
    ...refusals("command", { ...inputs }, supported),
    ...refusals("command", inputs["connection"], supportedConnection, "connection."),
  ],

  diff: ({ oldInputs, inputs }) => {
    const detailed = structuralDiff(oldInputs, inputs);
    // Only the property as a whole: for its elements the SDK sets replaceOnChanges, and the engine sees to them.
    const whole = detailed["triggers"];
    if (whole === "add" || whole === "delete" || whole === "update") {
      detailed["triggers"] = `${whole}-replace`;
    }
    return {
      changed: changedProperties(detailed),
      replaces: whole === undefined ? [] : ["triggers"],
      detailed,
    };
  },

  create: async (operation, inputs) => {
    const id = `${nameOf(operation.urn)}${randomBytes(4).toString("hex")}`;
    if (operation.preview) {
      return { id: "", outputs: { ...inputs, ...unknownResult } };
    }
    const result = await run(operation, inputs, textOf(plainProperties(inputs), "create"), noResult);
    return { id, outputs: { ...inputs, ...result } };
  },

  update: async (operation, { oldOutputs, inputs }) => {
    if (operation.preview) {
      return { ...inputs, ...unknownResult };
    }
    const plain = plainProperties(inputs);
    const text = textOf(plain, "update") ?? textOf(plain, "create");
    const result = await run(operation, inputs, text, resultOf(oldOutputs));
    return { ...inputs, ...result };
  },

  // Commands are never read back: the state is what it was.
  read: (_operation, _id, inputs, outputs) => Promise.resolve({ inputs, outputs }),

  delete: async (operation, _id, outputs) => {
    await run(operation, outputs, textOf(plainProperties(outputs), "delete"), resultOf(outputs));
  },
};

const noResult: RemoteResult = { stdout: "", stderr: "" };
const unknownResult: RemoteResult = { stdout: unknownValue, stderr: unknownValue };

function resultOf(outputs: Properties): RemoteResult {
  const plain = plainProperties(outputs);
  return { stdout: textOf(plain, "stdout") ?? "", stderr: textOf(plain, "stderr") ?? "" };
}

/** Runs one of the command's texts, if it is given; otherwise nothing is done and the result stays what it was. */
async function run(
  operation: Operation,
  marked: Properties,
  text: string | undefined,
  previous: RemoteResult,
): Promise<RemoteResult> {
  if (text === undefined) {
    return previous;
  }
  const properties = plainProperties(marked);
  const connection = properties["connection"];
  const client = await dialWithRetries(connectionOf(isObject(connection) ? connection : {}), operation);
  try {
    const environment = environmentOf(properties);
    await refuseUnacceptedVariables(client, environment, operation.log);
    const offered =
      properties["addPreviousOutputInEnv"] === false
        ? {}
        : await acceptedVariables(client, previousOutput(previous), operation.log);
    const logging = textOf(properties, "logging") ?? "stdoutAndStderr";
    const remoteRun = {
      text,
      stdin: textOf(properties, "stdin") ?? "",
      environment: { ...environment, ...offered },
      showStdout: ["stdout", "stdoutAndStderr"].includes(logging),
      showStderr: ["stderr", "stdoutAndStderr"].includes(logging),
    };
    return await runCommand(client, remoteRun, operation.log);
  } finally {
    client.end();
  }
}

function environmentOf(properties: Properties): Record<string, string> {
  const environment = withoutSecrets(properties["environment"] ?? null);
  return isObject(environment)
    ? Object.fromEntries(
        Object.entries(environment).map(([name, value]) => [name, textOf({ value }, "value") ?? ""]),
      )
    : {};
}

function previousOutput({ stdout, stderr }: RemoteResult): Record<string, string> {
  return {
    ...(stdout === "" ? {} : { PULUMI_COMMAND_STDOUT: stdout }),
    ...(stderr === "" ? {} : { PULUMI_COMMAND_STDERR: stderr }),
  };
}
