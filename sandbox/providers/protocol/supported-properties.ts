import { isObject, withoutSecrets, type PropertyValue } from "./property-values";

/** The inputs that a stand-in knows; nothing else gets past `refusals`. */
export interface SupportedProperties {
  readonly required: readonly string[];
  readonly optional: readonly string[];
}

/**
 * One sentence for each input that is not supported or missing. A stand-in that ignored an input would build something
 * else than the official plugin; so it stops instead.
 */
export function refusals(
  plugin: string,
  properties: PropertyValue | undefined,
  supported: SupportedProperties,
  prefix = "",
): string[] {
  const given = withoutSecrets(properties ?? null);
  if (!isObject(given)) {
    return [];
  }
  const known = [...supported.required, ...supported.optional];
  const names = Object.keys(given).filter((name) => !name.startsWith("__") && given[name] !== null);
  const unknown = names.filter((name) => !known.includes(name));
  const missing = supported.required.filter((name) => given[name] === undefined || given[name] === null);
  return [
    ...unknown.map(
      (name) =>
        `The sandbox's stand-in for the ${plugin} plugin does not know the property '${prefix}${name}' and would ` +
        "ignore it. Use the official plugin (SANDBOX_PROVIDERS=official), or teach the stand-in in sandbox/providers.",
    ),
    ...missing.map((name) => `The required property '${prefix}${name}' is missing.`),
  ];
}
