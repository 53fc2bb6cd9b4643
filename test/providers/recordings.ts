import { readFileSync } from "node:fs";
import { join } from "node:path";

import { projectRoot } from "../../config/project-root";
import {
  isSecret,
  type Properties,
  type PropertyValue,
} from "../../sandbox/providers/protocol/property-values";
import type { Recorded, Step } from "./small-stack";

/** One case of a recording; see recordings/README.md. */
export interface RecordedCase {
  readonly case: string;
  readonly applied: "yes" | "no" | "failed";
  readonly steps: readonly Step[];
  readonly messages?: readonly string[];
  readonly apiCalls?: readonly string[];
  readonly state?: readonly RecordedState[];
}

export interface RecordedState {
  readonly type?: string;
  readonly id: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
}

export function readRecording(file: "command.json" | "hcloud-random.json"): RecordedCase[] {
  const path = join(projectRoot, "test", "providers", "recordings", file);
  return JSON.parse(readFileSync(path, "utf8")) as RecordedCase[];
}

/** Steps in a fixed order, with their reasons sorted: the engine shows them in no particular one. */
export function sortedSteps(steps: readonly Step[]): Step[] {
  return steps
    .map((step) => ({
      ...step,
      ...(step.diffReasons === undefined ? {} : { diffReasons: [...step.diffReasons].sort() }),
    }))
    .sort((left, right) => (left.resource < right.resource ? -1 : 1));
}

/** The SDK's additionalSecretOutputs, which the engine encrypts. */
const secretOutputs: Readonly<Record<string, readonly string[]>> = {
  "command:remote:Command": ["connection"],
  "random:index/randomBytes:RandomBytes": ["base64", "hex"],
  "random:index/randomPassword:RandomPassword": ["bcryptHash", "result"],
};

/** A resource as the recordings show it: secrets masked, internal keys left out. */
export function asRecorded({ type, id, inputs, outputs }: Recorded): RecordedState {
  const secrets = secretOutputs[type] ?? [];
  const shown = (properties: Properties, masked: readonly string[]) =>
    Object.fromEntries(
      Object.entries(properties)
        .filter(([name]) => !name.startsWith("__"))
        .map(([name, value]): [string, PropertyValue] => [
          name,
          masked.includes(name) || isSecret(value) ? "[secret]" : value,
        ]),
    );
  return { type, id, inputs: shown(inputs, []), outputs: shown(outputs, secrets) };
}
