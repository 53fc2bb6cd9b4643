/** A property value as the engine sends it: JSON, with markers for secrets and for values not known yet. */
export type PropertyValue =
  null | boolean | number | string | PropertyValue[] | { [key: string]: PropertyValue };

/** The inputs or outputs of a resource. */
export type Properties = Readonly<Record<string, PropertyValue>>;

/** Stands for a value that is known only after the update (pulumi/sdk/go/common/resource/plugin/rpc.go). */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

type PropertyObject = Record<string, PropertyValue>;

export function isObject(value: PropertyValue | undefined): value is PropertyObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A secret travels as an object with a signature and its `value`. */
export function isSecret(value: PropertyValue | undefined): value is PropertyObject {
  return isObject(value) && value[signatureKey] === secretSignature;
}

/** The same value without any secret marker, at any depth. */
export function withoutSecrets(value: PropertyValue): PropertyValue {
  if (isSecret(value)) {
    return withoutSecrets(value["value"] ?? null);
  }
  if (Array.isArray(value)) {
    return value.map(withoutSecrets);
  }
  return isObject(value) ? plainProperties(value) : value;
}

/** `withoutSecrets` for a whole bag of properties. */
export function plainProperties(properties: Properties): PropertyObject {
  return Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, withoutSecrets(value)]));
}

/** Marks a value as secret for the engine, which then encrypts it in the state. */
export function secret(value: PropertyValue): PropertyValue {
  return { [signatureKey]: secretSignature, value };
}

/** Whether two values are the same; a property that is null counts as absent, as in the engine. */
export function sameValue(left: PropertyValue | undefined, right: PropertyValue | undefined): boolean {
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => sameValue(item, right[index]));
  }
  if (isObject(left) && isObject(right)) {
    const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
    return [...keys].every((key) => sameValue(left[key], right[key]));
  }
  return (left ?? null) === (right ?? null);
}

/** A text property, or undefined if it is absent, null or not a text. */
export function textOf(properties: Properties, name: string): string | undefined {
  const value = properties[name];
  return typeof value === "string" ? value : undefined;
}

/** A number property, or undefined; ids arrive as numbers or as texts. */
export function numberOf(properties: Properties, name: string): number | undefined {
  const value = properties[name];
  if (typeof value === "string" && /^[0-9]+$/.test(value)) {
    return Number(value);
  }
  return typeof value === "number" ? value : undefined;
}
