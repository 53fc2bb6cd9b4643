import type { Difference } from "../protocol/property-diff";
import { sameValue, type Properties } from "../protocol/property-values";
import type { DiffRequest } from "../protocol/resource";

/**
 * Any input that differs from the state replaces the resource: a random value must not change in place. `defaults` are
 * compared where an input is not given. The official plugin gives no detail.
 */
export function differenceOfInputs(
  { oldInputs, oldOutputs, inputs }: DiffRequest,
  defaults: Properties,
): Difference {
  const names = new Set([...Object.keys(oldInputs), ...Object.keys(inputs), ...Object.keys(defaults)]);
  const changed = [...names].filter(
    (name) =>
      !name.startsWith("__") &&
      !sameValue(inputs[name] ?? defaults[name], oldOutputs[name] ?? defaults[name]),
  );
  return { changed, replaces: changed };
}
