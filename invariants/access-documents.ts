import { z } from "zod";
import { notKnown, ofType, Secret, type StackResources } from "./resource";

const account = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("human"),
    role: z.enum(["owner", "lead"]),
    state: z.enum(["active", "left"]),
    uid: z.int(),
  }),
  z.strictObject({
    kind: z.literal("agent"),
    owner: z.string(),
    state: z.enum(["active", "left"]),
    uid: z.int(),
  }),
]);

/** A field that is not here is refused: nobody would know what it means for access. */
const document = z.strictObject({
  accounts: z.record(z.string(), account),
  keys: z.record(z.string(), z.record(z.string(), z.string())),
  server: z.string(),
  sudoers: z.record(z.string(), z.string()),
  version: z.literal(1),
});

/** The access document of a server, as it is sent. */
export type SentDocument = z.infer<typeof document>;

/** The document in one access Command. */
export interface DocumentReading {
  /** Name of the Command. */
  readonly resource: string;
  /** Name of the server that it belongs to. */
  readonly server: string;
  /** `notKnown` before the update; a sentence when it is none. */
  readonly document: SentDocument | typeof notKnown | string;
}

/** The documents of all access Commands of a stack. */
export function accessDocuments(stack: StackResources): readonly DocumentReading[] {
  return ofType(stack, "command")
    .filter(({ name }) => name.endsWith("-access"))
    .map(({ name, parent = "", inputs }) => ({
      resource: name,
      server: parent,
      document: readDocument(inputs["stdin"], parent),
    }));
}

/** Only those that are known. */
export function knownDocuments(
  stack: StackResources,
): readonly { readonly resource: string; readonly server: string; readonly document: SentDocument }[] {
  return accessDocuments(stack).flatMap((reading) =>
    typeof reading.document === "object" ? [{ ...reading, document: reading.document }] : [],
  );
}

function readDocument(stdin: unknown, server: string): DocumentReading["document"] {
  if (stdin === notKnown) return notKnown;
  if (stdin instanceof Secret) return "its document is hidden as a secret, so nobody can review it.";
  if (typeof stdin !== "string") return "it has no document.";
  const parsed = document.safeParse(dataIn(stdin));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return `its document is not one of version 1 (${issue?.path.join(".") ?? ""}: ${issue?.message ?? "no JSON"}).`;
  }
  if (parsed.data.server !== server) return "its document is that of another server.";
  return parsed.data;
}

function dataIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
