import { findSecrets } from "../../config/secrets";
import type { Breach, Invariant } from "../invariant";
import { notKnown, notShown, ofType, plain, Secret, type StackResources } from "../resource";

/** Hashes of crypt(5), which somebody could try passwords on. */
const passwordHash = /\$(?:2[abxy]|[1567]|y|gy)\$[./A-Za-z0-9$]/;

/** Rules about what must not be readable. */
export const secretInvariants: readonly Invariant[] = [
  {
    name: "nothing-secret-is-in-the-clear",
    sentence: "No input shows a secret: inputs stand in previews, in logs and in the state.",
    remedy: "Mark the input as a secret, or take the secret out of it.",
    find: nothingSecretIsInTheClear,
  },
  {
    name: "user-data-keeps-no-secret",
    sentence:
      "user_data is marked secret and holds no secret but the one-time host key, which the bootstrap makes worthless: the metadata service shows it to any process of the server.",
    remedy: "Send the secret on the standard input of a Command instead.",
    find: userDataKeepsNoSecret,
  },
  {
    name: "credentials-are-secret",
    sentence:
      "What gives agents their credentials is marked secret as a whole, and what its program prints is not shown.",
    remedy: "Make the Command with giveCredentials().",
    find: credentialsAreSecret,
  },
];

function nothingSecretIsInTheClear({ resources }: StackResources): readonly Breach[] {
  return resources.flatMap(({ name, inputs }) =>
    Object.entries(inputs).flatMap(([input, value]) =>
      [...new Set(textsIn(value).map(withoutDigests(name)).flatMap(secretKinds))].map((kind) => ({
        resource: name,
        sentence: `its input ${input} shows ${kind}.`,
      })),
    ),
  );
}

function userDataKeepsNoSecret(stack: StackResources): readonly Breach[] {
  return ofType(stack, "server").flatMap((server) => {
    const marked = server.inputs["userData"];
    if (marked === notKnown) return [];
    if (!(marked instanceof Secret))
      return [{ resource: server.name, sentence: "its user_data is not marked secret." }];
    const text = plain(server, "userData");
    if (text === notShown || text === notKnown) return [];
    const kinds = typeof text === "string" ? secretKinds(text) : ["something that is not text"];
    const oneKey = kinds.indexOf("a private key");
    return kinds
      .filter((_, index) => index !== oneKey)
      .map((kind) => ({
        resource: server.name,
        sentence: `its user_data holds ${kind} beside the one-time host key.`,
      }));
  });
}

function credentialsAreSecret(stack: StackResources): readonly Breach[] {
  return ofType(stack, "command")
    .filter(({ name }) => name.endsWith("-credentials"))
    .flatMap(({ name, inputs }) => [
      ...(inputs["stdin"] instanceof Secret
        ? []
        : [{ resource: name, sentence: "its stdin is not marked secret." }]),
      ...(inputs["logging"] === "none" ? [] : [{ resource: name, sentence: "its output is shown." }]),
    ]);
}

/** A tools document names what it fetches by public hashes, which look like tokens. Nowhere else is anything let through. */
function withoutDigests(resource: string): (text: string) => string {
  if (!resource.endsWith("-tools")) return (text) => text;
  return (text) => text.replace(/"(?:sha512-[A-Za-z0-9+/]{86}==|[0-9a-f]{64})"/g, '""');
}

/** What kinds of secrets a text holds, each as often as it does. */
function secretKinds(text: string): readonly string[] {
  return [
    ...findSecrets(text).map(({ kind }) => kind),
    ...(passwordHash.test(text) ? ["a password hash"] : []),
  ];
}

/** Every text in a value that is not marked secret. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (value instanceof Secret || typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}
