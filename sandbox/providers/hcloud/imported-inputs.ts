import type { Properties } from "../protocol/property-values";
import type { PropertyRule } from "./property-rules";

/**
 * The inputs after a read: those that were given take the value that was found (unless the state holds something else
 * in their place, as for user_data); an import, which has none, gets all that are set.
 */
export function inputsAfterRead(
  rules: readonly PropertyRule[],
  oldInputs: Properties,
  outputs: Properties,
): Properties {
  const isImport = Object.keys(oldInputs).length === 0;
  const read = rules.filter((rule) => {
    const found = outputs[rule.name];
    const isSet = found !== undefined && found !== null && found !== rule.absent;
    return rule.stored === undefined && isSet && (isImport || rule.name in oldInputs);
  });
  return { ...oldInputs, ...Object.fromEntries(read.map(({ name }) => [name, outputs[name] ?? null])) };
}
